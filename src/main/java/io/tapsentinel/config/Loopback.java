package io.tapsentinel.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Names of this machine for itself. */
public final class Loopback {

    private Loopback() {}

    /** Whether a host of a URL, in brackets for IPv6, is this machine; nothing is asked of a name server. */
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
