"""Leagues 盟市: one file a document, found by the folder; nothing to register elsewhere."""
