package io.tapsentinel.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tapsentinel.net.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateExpiredException;
import java.time.Clock;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Uses real connections where possible. */
@Timeout(60)
class UnreachedTest {

    private static final URI SERVICE = URI.create("https://tap.example.com");
    private static final String PROXY = "proxy.example.com:3128";
    private Map<String, String> environment = Map.of();

    @Test
    void unresolvableHostIsNamed() {
        assertThat(explanation("https://nobody.invalid:8443"))
                .startsWith("cannot resolve nobody.invalid; check tap.url")
                .endsWith("if this machine needs a proxy, set HTTPS_PROXY");
    }

    @Test
    void closedPortIsNamed() {
        assertThat(explanation("http://127.0.0.1:1"))
                .startsWith("cannot connect to 127.0.0.1:1; check tap.url")
                .contains("firewalls");
    }

    @Test
    void portWithoutTlsIsNamed() throws IOException {
        try (ServerSocket plain = answering("HTTP/1.1 400 Bad Request\r\n\r\n")) {
            assertThat(explanation("https://127.0.0.1:" + plain.getLocalPort()))
                    .startsWith("TLS with 127.0.0.1:")
                    .contains("an HTTPS port");
        }
    }

    @Test
    void brokenConnectionIsReported() throws IOException {
        try (ServerSocket breaking = answering("")) {
            assertThat(explanation("http://127.0.0.1:" + breaking.getLocalPort()))
                    .contains(" did not answer: ");
        }
    }

    /** Answers every request with this text; an empty text closes the connection. */
    private static ServerSocket answering(String text) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket caller = server.accept()) {
                    if (!text.isEmpty()) {
                        caller.getInputStream().read(new byte[10_000]);
                        caller.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                    }
                } catch (IOException closed) {
                    // ends the loop
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    @Test
    void timeoutsAndCertificateProblemsAreDistinguished() {
        assertThat(explanation(new HttpConnectTimeoutException("slow")))
                .startsWith("connecting to tap.example.com:443 timed out");
        assertThat(explanation(new HttpTimeoutException("slow")))
                .startsWith("tap.example.com:443 did not answer in time");
        assertThat(explanation(tls(new CertPathBuilderException("no path"))))
                .contains("untrusted authority")
                .contains("tls.ca-file");
        assertThat(explanation(tls(new CertPathValidatorException(
                        "an authority of the same name", null, null, -1, BasicReason.INVALID_SIGNATURE))))
                .contains("untrusted authority")
                .contains("tls.ca-file");
        assertThat(explanation(tls(new CertificateExpiredException("1999"))))
                .contains("has expired or is not valid yet")
                .contains("clock");
        assertThat(explanation(
                        new SSLHandshakeException("No subject alternative DNS name matching tap.example.com found.")))
                .contains("for another host name");
    }

    @Test
    void unreachableProxyIsNamedInsteadOfTheService() {
        environment = Map.of("HTTPS_PROXY", "http://user:hush-hush@127.0.0.1:1");
        assertThat(explanation("https://tap.example.com"))
                .startsWith("cannot connect to the proxy 127.0.0.1:1; check HTTPS_PROXY and NO_PROXY")
                .doesNotContain("hush-hush", "set HTTPS_PROXY");
    }

    @Test
    void proxyThatRequiresAuthenticationIsNamed() throws IOException {
        try (ServerSocket proxy = answering(
                "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n")) {
            environment = Map.of("HTTPS_PROXY", "http://127.0.0.1:" + proxy.getLocalPort());
            assertThat(explanation("https://tap.example.com"))
                    .startsWith("the proxy 127.0.0.1:" + proxy.getLocalPort()
                            + " refused to connect to tap.example.com:443 with 407")
                    .contains("HTTPS_PROXY must contain a user");
        }
    }

    @Test
    void refusingProxyIsNamedWithItsStatus() throws IOException {
        try (ServerSocket proxy = answering("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")) {
            environment = Map.of("HTTPS_PROXY", "http://127.0.0.1:" + proxy.getLocalPort());
            assertThat(explanation("https://tap.example.com"))
                    .startsWith("the proxy 127.0.0.1:" + proxy.getLocalPort() + " refused to connect")
                    .contains("403")
                    .contains("NO_PROXY");
        }
    }

    @Test
    void timeoutBehindAProxyNamesTheProxy() {
        environment = Map.of("HTTPS_PROXY", "http://" + PROXY);
        assertThat(explanation(new HttpTimeoutException("slow")))
                .startsWith("tap.example.com:443 (through the proxy " + PROXY + ") did not answer in time");
        assertThat(explanation(new HttpConnectTimeoutException("slow")))
                .startsWith("connecting to the proxy " + PROXY + " timed out");
    }

    private static SSLHandshakeException tls(Throwable cause) {
        SSLHandshakeException failure = new SSLHandshakeException("handshake");
        failure.initCause(cause);
        return failure;
    }

    /** Explains the failure of a real request. */
    private String explanation(String url) {
        Web web = new Web(this::network, Clock.systemUTC());
        return web.unreached(URI.create(url), "tap.url")
                .explain(catchThrowable(() -> web.get(URI.create(url + "/"), "")));
    }

    private String explanation(Throwable failure) {
        return new Unreached(SERVICE, "tap.url", network().describeProxy(SERVICE)).explain(failure);
    }

    private Network network() {
        return Network.of(Map.of(), environment);
    }
}
