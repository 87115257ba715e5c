package io.tapsentinel.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** An IP address range (CIDR). No DNS lookups. */
record AddressRange(byte[] first, int bits) {

    private static final Pattern LITERAL = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]+");

    /** Parses {@code 10.0.0.0/8} or a single address; empty for anything else. */
    static Optional<AddressRange> parse(String text) {
        String[] parts = text.split("/", -1);
        Optional<byte[]> address = address(parts[0]).map(InetAddress::getAddress);
        if (address.isEmpty() || parts.length > 2 || parts.length == 2 && !parts[1].matches("\\d{1,3}")) {
            return Optional.empty();
        }
        int most = Byte.SIZE * address.get().length;
        int bits = parts.length == 2 ? Integer.parseInt(parts[1]) : most;
        return Optional.of(new AddressRange(address.get(), bits)).filter(range -> bits <= most);
    }

    /** Whether the host is an IP address in this range. */
    boolean contains(String host) {
        return address(host).map(InetAddress::getAddress).filter(this::contains).isPresent();
    }

    private boolean contains(byte[] address) {
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % Byte.SIZE;
            if (address.length != first.length || ((address[bit / Byte.SIZE] ^ first[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return address.length == first.length;
    }

    /** The host as an address; empty when it is a name. */
    static Optional<InetAddress> address(String host) {
        try {
            return LITERAL.matcher(host).matches() ? Optional.of(InetAddress.getByName(host)) : Optional.empty();
        } catch (UnknownHostException notAnAddress) {
            return Optional.empty();
        }
    }
}
