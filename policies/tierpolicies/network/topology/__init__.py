"""Who is there: workloads, addresses outside and ways in, and whom policies mean among them."""
