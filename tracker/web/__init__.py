"""Web 网页与接口: pages and the JSON API, one file a noun."""
