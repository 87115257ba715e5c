package io.tapsentinel.net;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.config.OwnSecrets;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * The proxy in {@code HTTPS_PROXY}, or {@code https_proxy} when that is empty. {@code HTTP_PROXY} is ignored: it is for http. The
 * connection to the proxy is not encrypted; the TLS connections through it are.
 *
 * @param address unresolved host and port
 * @param user    from the variable; empty for none
 */
public record ProxyAddress(InetSocketAddress address, Optional<User> user) {

    private static final String BOUND =
            "http://host:port or http://user:password@host:port, with %, @, : and / in user and password"
                    + " written as %25, %40, %3A and %2F";
    private static final int DEFAULT_PORT = 80;
    private static final int HIGHEST_PORT = 65_535;

    /**
     * @param environment variables, as in {@link System#getenv()}
     * @throws InvalidSettingException names the variable, not its value, which may contain a password
     */
    static Optional<ProxyAddress> of(Map<String, String> environment) {
        for (String variable : new String[] {"HTTPS_PROXY", "https_proxy"}) {
            String value = environment.getOrDefault(variable, "").strip();
            if (!value.isEmpty()) {
                return Optional.of(parse(variable, value));
            }
        }
        return Optional.empty();
    }

    /** The password is a secret. */
    record User(String name, String password) {

        /** Value of {@code Proxy-Authorization}, a secret. */
        String authorization() {
            return "Basic "
                    + Base64.getEncoder()
                            .encodeToString(
                                    OwnSecrets.know(name + ':' + password).getBytes(StandardCharsets.UTF_8));
        }

        /** Without name and password. */
        @Override
        public String toString() {
            return "a user";
        }
    }

    private static ProxyAddress parse(String variable, String value) {
        String whole = value.contains("://") ? value : "http://" + value;
        int userEnds = whole.lastIndexOf('@');
        int userBegins = whole.indexOf("://") + 3;
        try {
            URI proxy = new URI("http://" + whole.substring(Math.max(userEnds + 1, userBegins)));
            boolean http = whole.regionMatches(true, 0, "http://", 0, userBegins);
            boolean bare = proxy.getHost() != null
                    && proxy.getQuery() == null
                    && proxy.getFragment() == null
                    && proxy.getPath().matches("/?")
                    && proxy.getPort() != 0
                    && proxy.getPort() <= HIGHEST_PORT;
            if (http && bare) {
                return new ProxyAddress(
                        InetSocketAddress.createUnresolved(
                                withoutBrackets(proxy.getHost()), proxy.getPort() < 0 ? DEFAULT_PORT : proxy.getPort()),
                        userEnds < 0 ? Optional.empty() : Optional.of(user(whole.substring(userBegins, userEnds))));
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            // thrown below, without the value
        }
        throw new InvalidSettingException(variable + " is not a proxy URL; it must be " + BOUND);
    }

    private static User user(String text) {
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("no user name or no password");
        }
        return new User(decoded(text.substring(0, colon)), OwnSecrets.know(decoded(text.substring(colon + 1))));
    }

    private static String decoded(String text) {
        // in the user part of a URL, a plus is a plus
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** {@code host:port}, without user and password. */
    @Override
    public String toString() {
        return address.getHostString() + ":" + address.getPort();
    }
}
