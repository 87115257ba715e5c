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

/** The ways not to get an answer, real ones where that is possible. */
@Timeout(60)
class UnreachedTest {

    private static final URI SERVICE = URI.create("https://tap.example.com");
    private static final String PROXY = "proxy.example.com:3128";
    private Map<String, String> environment = Map.of();

    @Test
    void aNameWithoutAnAddressIsToldByItself() {
        assertThat(words("https://nobody.invalid:8443"))
                .startsWith("the name nobody.invalid has no address; check tap.url")
                .endsWith("if only a proxy leads out of here, set HTTPS_PROXY");
    }

    @Test
    void aPortWhereNobodyListensIsTold() {
        assertThat(words("http://127.0.0.1:1"))
                .startsWith("127.0.0.1:1 takes no connection; check tap.url")
                .contains("firewalls");
    }

    @Test
    void aPortThatDoesNotSpeakTlsIsTold() throws IOException {
        try (ServerSocket plain = answering("HTTP/1.1 400 Bad Request\r\n\r\n")) {
            assertThat(words("https://127.0.0.1:" + plain.getLocalPort()))
                    .startsWith("TLS with 127.0.0.1:")
                    .contains("a port for https");
        }
    }

    @Test
    void aConnectionThatBreaksIsTold() throws IOException {
        try (ServerSocket breaking = answering("")) {
            assertThat(words("http://127.0.0.1:" + breaking.getLocalPort())).contains(" gave no answer: ");
        }
    }

    /** Says this to whoever comes and has sent something. */
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
                    // the loop's condition tells
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    @Test
    void timeAndCertificatesAreToldApart() {
        assertThat(words(new HttpConnectTimeoutException("slow")))
                .startsWith("tap.example.com:443 cannot be connected in time: nothing answers there");
        assertThat(words(new HttpTimeoutException("slow")))
                .startsWith("tap.example.com:443 was connected and did not answer in time");
        assertThat(words(tls(new CertPathBuilderException("no path"))))
                .contains("not trusted here")
                .contains("tls.ca-file");
        assertThat(words(tls(new CertPathValidatorException(
                        "an authority of the same name", null, null, -1, BasicReason.INVALID_SIGNATURE))))
                .contains("not trusted here")
                .contains("tls.ca-file");
        assertThat(words(tls(new CertificateExpiredException("1999"))))
                .contains("not valid at this time")
                .contains("clock");
        assertThat(words(new SSLHandshakeException("No subject alternative DNS name matching tap.example.com found.")))
                .contains("for another name");
    }

    @Test
    void aProxyThatCannotBeReachedIsToldAndNotTheServiceBehindIt() {
        environment = Map.of("HTTPS_PROXY", "http://user:hush-hush@127.0.0.1:1");
        assertThat(words("https://tap.example.com"))
                .startsWith("the proxy 127.0.0.1:1 takes no connection; check HTTPS_PROXY and NO_PROXY")
                .doesNotContain("hush-hush", "set HTTPS_PROXY");
    }

    @Test
    void aProxyThatWantsToKnowWhoAsksIsTold() throws IOException {
        try (ServerSocket proxy = answering(
                "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n")) {
            environment = Map.of("HTTPS_PROXY", "http://127.0.0.1:" + proxy.getLocalPort());
            assertThat(words("https://tap.example.com"))
                    .startsWith("the proxy 127.0.0.1:" + proxy.getLocalPort()
                            + " refused to connect to tap.example.com:443 with 407")
                    .contains("HTTPS_PROXY must contain a user");
        }
    }

    @Test
    void aProxyThatDoesNotLetThroughIsToldWithItsStatus() throws IOException {
        try (ServerSocket proxy = answering("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")) {
            environment = Map.of("HTTPS_PROXY", "http://127.0.0.1:" + proxy.getLocalPort());
            assertThat(words("https://tap.example.com"))
                    .startsWith("the proxy 127.0.0.1:" + proxy.getLocalPort() + " did not let this through")
                    .contains("403")
                    .contains("NO_PROXY");
        }
    }

    @Test
    void whatIsBehindAProxyIsToldWithIt() {
        environment = Map.of("HTTPS_PROXY", "http://" + PROXY);
        assertThat(words(new HttpTimeoutException("slow")))
                .startsWith("tap.example.com:443, by way of the proxy " + PROXY + ", was connected");
        assertThat(words(new HttpConnectTimeoutException("slow")))
                .startsWith("the proxy " + PROXY + " cannot be connected");
    }

    private static SSLHandshakeException tls(Throwable cause) {
        SSLHandshakeException failure = new SSLHandshakeException("handshake");
        failure.initCause(cause);
        return failure;
    }

    /** Of a request that fails. */
    private String words(String url) {
        Web web = new Web(this::network, Clock.systemUTC());
        return web.unreached(URI.create(url), "tap.url")
                .words(catchThrowable(() -> web.get(URI.create(url + "/"), "")));
    }

    private String words(Throwable failure) {
        return new Unreached(SERVICE, "tap.url", network().describeProxy(SERVICE)).words(failure);
    }

    private Network network() {
        return Network.of(Map.of(), environment);
    }
}
