"""Log-in through Kakao and Google, and the tokens by which all services know who is asking."""
