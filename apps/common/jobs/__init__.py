"""Jobs of image analysis: what waste-service, ai-worker and batch-worker share of them."""
