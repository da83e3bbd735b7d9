"""Collection bins on Kakao's map: what locations-service and api-worker share of finding and keeping them."""
