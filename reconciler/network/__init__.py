"""What every HTTP client here needs: proxies, certificates, failures in words, Retry-After.

The clients of VICIdial and of GitHub share it, so that both obey the same environment variables and
blame the same machine.
"""
