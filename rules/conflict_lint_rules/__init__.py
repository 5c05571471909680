"""The rules of conflict-lint, one program shape per module, and the catalogue of cloud SDKs they draw on."""
