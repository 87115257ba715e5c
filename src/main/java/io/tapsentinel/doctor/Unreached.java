package io.tapsentinel.doctor;

import io.tapsentinel.net.Network;
import io.tapsentinel.net.ProxyRefusedException;
import io.tapsentinel.net.SafeMessage;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Explains a request without an answer: DNS, connection, certificate or timeout, each with what to do. */
final class Unreached {

    private static final String PROXY_REMEDY = "; if this machine needs a proxy, set HTTPS_PROXY";

    private static final String ASK_PROXY =
            "ask the proxy's administrators, or add the host to NO_PROXY if it is reachable directly";

    private final URI url;
    private final String property;
    private final Optional<String> proxy;

    /**
     * @param url      of the request
     * @param property that holds the URL
     * @param proxy    host and port of the proxy used
     */
    Unreached(URI url, String property, Optional<String> proxy) {
        this.url = url;
        this.property = property;
        this.proxy = proxy;
    }

    /** Cause and remedy. */
    String explain(Throwable failure) {
        List<Throwable> causes = Stream.iterate(failure, each -> each != null, Throwable::getCause)
                .limit(50)
                .toList();
        if (has(causes, ProxyRefusedException.class)) {
            return failure.getMessage() + "; " + ASK_PROXY;
        }
        if (proxy.isPresent() && String.valueOf(failure.getMessage()).startsWith("Tunnel failed")) {
            return first() + " refused to connect (" + failure.getMessage() + "); " + ASK_PROXY;
        }
        if (has(causes, UnknownHostException.class) || has(causes, UnresolvedAddressException.class)) {
            return "cannot resolve " + first().replaceFirst(":\\d+$", "") + "; check " + firstProperty()
                    + " and this machine's DNS" + remedy();
        }
        if (has(causes, HttpConnectTimeoutException.class)) {
            return "connecting to " + first() + " timed out; check " + firstProperty() + " and the firewalls"
                    + remedy();
        }
        if (has(causes, ConnectException.class)) {
            return "cannot connect to " + first() + "; check " + firstProperty() + " and the firewalls" + remedy();
        }
        if (has(causes, HttpTimeoutException.class)) {
            return Network.place(url) + way() + " did not answer in time; try again, and check the network in between";
        }
        return has(causes, SSLException.class)
                ? tls(causes)
                : Network.place(url) + way() + " did not answer: " + SafeMessage.of(failure);
    }

    private String tls(List<Throwable> causes) {
        String who = Network.place(url) + way();
        if (has(causes, CertificateExpiredException.class) || has(causes, CertificateNotYetValidException.class)) {
            return "the certificate of " + who
                    + " has expired or is not valid yet; check this machine's clock, or have the certificate renewed";
        }
        if (causes.stream().anyMatch(Network::isOfAuthority)) {
            return "the certificate of " + who
                    + " is from an untrusted authority; if the authority is yours, or a proxy inspects TLS,"
                    + " set tls.ca-file to the authority's PEM file";
        }
        if (causes.stream()
                .anyMatch(cause -> String.valueOf(cause.getMessage()).startsWith("No subject alternative"))) {
            return "the certificate of " + who + " is for another host name; check " + property;
        }
        return "TLS with " + who + " failed: " + SafeMessage.of(causes.get(0)) + "; check that " + property
                + " names an HTTPS port";
    }

    /** The host that the connection goes to. */
    private String first() {
        return proxy.map(place -> "the proxy " + place).orElseGet(() -> Network.place(url));
    }

    private String firstProperty() {
        return proxy.isPresent() ? "HTTPS_PROXY and NO_PROXY" : property;
    }

    private String remedy() {
        return proxy.isPresent() ? "" : PROXY_REMEDY;
    }

    private String way() {
        return proxy.map(place -> " (through the proxy " + place + ")").orElse("");
    }

    private static boolean has(List<Throwable> causes, Class<? extends Throwable> type) {
        return causes.stream().anyMatch(type::isInstance);
    }
}
