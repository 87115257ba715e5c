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

/** Why there was no answer: the name, the connection, the certificate or the time, and what to do about each. */
final class Unreached {

    private static final String PROXY_REMEDY = "; if only a proxy leads out of here, set HTTPS_PROXY";

    private static final String ASK_PROXY =
            "ask those who run the proxy, or name the host in NO_PROXY if there is a way past it";

    private final URI url;
    private final String property;
    private final Optional<String> proxy;

    /**
     * @param url      that was asked
     * @param property where it stands
     * @param proxy    host and port of the proxy by way of which it was asked
     */
    Unreached(URI url, String property, Optional<String> proxy) {
        this.url = url;
        this.property = property;
        this.proxy = proxy;
    }

    /** Cause and remedy. */
    String words(Throwable failure) {
        List<Throwable> causes = Stream.iterate(failure, each -> each != null, Throwable::getCause)
                .limit(50)
                .toList();
        if (has(causes, ProxyRefusedException.class)) {
            return failure.getMessage() + "; " + ASK_PROXY;
        }
        if (proxy.isPresent() && String.valueOf(failure.getMessage()).startsWith("Tunnel failed")) {
            return first() + " did not let this through (" + failure.getMessage() + "); " + ASK_PROXY;
        }
        if (has(causes, UnknownHostException.class) || has(causes, UnresolvedAddressException.class)) {
            return "the name " + first().replaceFirst(":\\d+$", "") + " has no address; check " + firstProperty()
                    + " and this machine's name servers" + remedy();
        }
        if (has(causes, HttpConnectTimeoutException.class)) {
            return first() + " cannot be connected in time: nothing answers there, or not as it should; check "
                    + firstProperty() + " and the firewalls on the way" + remedy();
        }
        if (has(causes, ConnectException.class)) {
            return first() + " takes no connection; check " + firstProperty() + " and the firewalls on the way"
                    + remedy();
        }
        if (has(causes, HttpTimeoutException.class)) {
            return Network.place(url) + way()
                    + " was connected and did not answer in time; try again, and look at what lies between";
        }
        return has(causes, SSLException.class)
                ? tls(causes)
                : Network.place(url) + way() + " gave no answer: " + SafeMessage.of(failure);
    }

    private String tls(List<Throwable> causes) {
        String who = Network.place(url) + way();
        if (has(causes, CertificateExpiredException.class) || has(causes, CertificateNotYetValidException.class)) {
            return "the certificate of " + who
                    + " is not valid at this time; check this machine's clock, else the service has to renew it";
        }
        if (causes.stream().anyMatch(Network::isOfAuthority)) {
            return "the certificate of " + who
                    + " is of an authority that is not trusted here; when it is your own, or a proxy on the way"
                    + " opens TLS, name the authority's PEM file in tls.ca-file";
        }
        if (causes.stream()
                .anyMatch(cause -> String.valueOf(cause.getMessage()).startsWith("No subject alternative"))) {
            return "the certificate of " + who + " is for another name; check " + property;
        }
        return "TLS with " + who + " fails: " + SafeMessage.of(causes.get(0)) + "; check that " + property
                + " names a port for https";
    }

    /** What was to be connected first. */
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
        return proxy.map(place -> ", by way of the proxy " + place + ",").orElse("");
    }

    private static boolean has(List<Throwable> causes, Class<? extends Throwable> type) {
        return causes.stream().anyMatch(type::isInstance);
    }
}
