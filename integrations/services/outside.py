"""Whether a machine that we are asked to speak to stands in the public network."""

import ipaddress
import socket

from journal.errors import DomainError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotPublic(DomainError):
    """The name leads into a network of our own, or nowhere."""

    code = "not_public"
    status = 400


def require_public(host: str) -> None:
    """Raises NotPublic unless every address of the name is a public one; OSError where the name isn't known now.

    The caller's library asks for the name again. That is no hole as long as only names of the chat services' own
    domains come here: whoever could change their answers in between could read the messages anyway.
    """
    if not all(is_public(address) for address in addresses_of(host)):
        raise NotPublic


def addresses_of(host: str) -> set[Address]:
    """All addresses of the name."""
    found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return {ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found}


def is_public(address: Address) -> bool:
    """Not loopback, private, link-local, multicast or reserved, also where IPv6 only wraps such an address."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if wrapped is None and address in _NAT64:
            wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(wrapped)
    return address.is_global and not address.is_multicast
