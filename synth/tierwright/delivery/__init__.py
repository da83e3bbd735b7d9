"""From a commit to what Argo CD pulls: the image lock, the commit of dist, the report for reviewers."""
