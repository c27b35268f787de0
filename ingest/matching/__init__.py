"""Matching 匹配线路, inside: what was asked, how each corridor fits, the verdict, the words."""
