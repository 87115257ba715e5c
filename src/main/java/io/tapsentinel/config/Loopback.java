package io.tapsentinel.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Recognizes host names of this machine. */
public final class Loopback {

    private Loopback() {}

    /** Whether a URL's host (IPv6 in brackets) is this machine. No DNS lookup. */
    public static boolean isName(String host) {
        try {
            boolean literal = host.startsWith("[") || host.matches("[0-9.]+");
            return "localhost".equalsIgnoreCase(host)
                    || literal && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException notAnAddress) {
            return false;
        }
    }
}
