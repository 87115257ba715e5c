package io.tapsentinel.monitoring.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.app.Program;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.testing.FreePort;
import io.tapsentinel.testing.HalfOpenConnections;
import io.tapsentinel.testing.SimulatedServices;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses and ports of the management server, and which requests it accepts. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManagementServerIT {

    private static final String LIVE = "/observe/health/live";
    private static final String METRICS = "/observe/metrics";
    private static final String LOOPBACK = "127.0.0.1";

    private final int port = FreePort.next();

    @AutoClose
    private final SimulatedServices services =
            new SimulatedServices().with("camel.management.port", String.valueOf(port));

    @Test
    void onLoopbackOnlyReadsForLocalhostAreAccepted() throws Exception {
        services.start();

        for (String path : List.of(LIVE, METRICS)) {
            for (String host : List.of("localhost:" + port, LOOPBACK, "[::1]:" + port)) {
                assertThat(ask(LOOPBACK, "GET", path, host))
                        .as("%s of %s", path, host)
                        .startsWith("HTTP/1.1 200 ");
            }
            for (String host : List.of("rebound.example:" + port, "127.0.0.1.example", "10.0.0.1")) {
                assertThat(ask(LOOPBACK, "GET", path, host))
                        .as("%s of %s", path, host)
                        .startsWith("HTTP/1.1 421 ");
            }
            assertThat(ask(LOOPBACK, "HEAD", path, LOOPBACK)).startsWith("HTTP/1.1 200 ");
            assertThat(ask(LOOPBACK, "OPTIONS", path, LOOPBACK))
                    .startsWith("HTTP/1.1 204 ")
                    .containsIgnoringCase("allow: GET, HEAD");
            for (String method : List.of("TRACE", "POST", "PUT", "DELETE", "PATCH")) {
                assertThat(ask(LOOPBACK, method, path, LOOPBACK))
                        .as("%s %s", method, path)
                        .startsWith("HTTP/1.1 405 ")
                        .containsIgnoringCase("allow: GET, HEAD");
            }
        }
        assertThatThrownBy(() -> ask(otherAddress(), "GET", LIVE, LOOPBACK)).isInstanceOf(ConnectException.class);
    }

    @Test
    void onOtherAddressesAnyHostNameIsAccepted() throws Exception {
        services.with("camel.management.host", "0.0.0.0").start();

        assertThat(ask(otherAddress(), "GET", LIVE, "10.1.2.3:" + port)).startsWith("HTTP/1.1 200 ");
        assertThat(ask(LOOPBACK, "GET", METRICS, "tap-sentinel.example.com")).startsWith("HTTP/1.1 200 ");
        assertThat(ask(LOOPBACK, "TRACE", LIVE, LOOPBACK)).startsWith("HTTP/1.1 405 ");
    }

    @Test
    void foreignAddressIsRefused() {
        services.with("camel.management.host", "192.0.2.1");

        assertThatThrownBy(services::start)
                .rootCause()
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(
                        "camel.management.host is \"192.0.2.1\"; it must be an address of this machine: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"camel.management.port", "camel.server.port"})
    void usedPortIsRefused(String property) throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String number = String.valueOf(taken.getLocalPort());
            services.with("camel.server.enabled", "true").with(property, number);

            assertThatThrownBy(() -> services.start((settings, properties, clock, committed) -> {
                        Program made = new Program(settings, properties, clock, committed);
                        made.main().addOverrideProperty(property, number);
                        return made;
                    }))
                    .rootCause()
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining(property + " is \"" + number + "\"; it must be a free port: ");
        }
    }

    @Test
    void probesAnswerDespite600HalfOpenConnections() throws Exception {
        services.start();

        try (HalfOpenConnections connections =
                HalfOpenConnections.open(600, port, "GET " + LIVE + " HTTP/1.1\r\nHost: lo")) {
            assertThat(ask(LOOPBACK, "GET", LIVE, LOOPBACK)).startsWith("HTTP/1.1 200 ");
            await("the oldest connections are closed")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> connections.open() <= 100);
        }
    }

    /** Returns the head of the answer to a request with this Host header. */
    private String ask(String address, String method, String path, String host) throws IOException {
        try (Socket socket = new Socket(address, port);
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            String request = method + " " + path + " HTTP/1.1\r\nHost: " + host
                    + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            StringBuilder head = new StringBuilder();
            for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
                head.append(line).append('\n');
            }
            return head.toString();
        }
    }

    /** An address of this machine other than 127.0.0.1. */
    private static String otherAddress() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElse("127.0.0.2");
    }
}
