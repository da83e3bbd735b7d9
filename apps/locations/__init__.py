"""The nearest bins for a kind of waste, by Kakao's map."""
