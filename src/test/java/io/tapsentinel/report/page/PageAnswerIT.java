package io.tapsentinel.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.SimulatedServices;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageAnswerIT {

    @TempDir
    static Path folder;

    private static SimulatedServices services;
    private static ServedPage page;

    @BeforeAll
    static void begin() throws Exception {
        services = services("served");
        page = new ServedPage(services);
    }

    @AfterAll
    static void end() throws Exception {
        services.close();
    }

    @Test
    void everyAnswerHasSecurityHeaders() throws Exception {
        for (HttpResponse<String> answer : List.of(
                page.get("/"),
                page.get("/status.json"),
                page.get("/page.js"),
                page.get("/nothing"),
                page.send("POST", "/"))) {
            assertThat(answer.headers().firstValue("Content-Security-Policy"))
                    .as(answer.uri().toString())
                    .hasValueSatisfying(policy -> assertThat(policy)
                            .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                            .doesNotContain("unsafe"));
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
            assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(answer.headers().map().keySet())
                    .noneMatch(name -> name.toLowerCase().startsWith("camel") || name.equalsIgnoreCase("server"));
        }
    }

    @Test
    void onlyThePageAndItsFiguresAreServed() throws Exception {
        assertThat(page.get("/").headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(page.get("/page.js").headers().firstValue("Content-Type"))
                .hasValue("text/javascript; charset=utf-8");
        assertThat(page.get("/page.css").statusCode()).isEqualTo(200);
        assertThat(page.get("/status.json").headers().firstValue("Content-Type"))
                .hasValue("application/json");
        for (String path : List.of(
                "/application.properties",
                "/%2e%2e/application.properties",
                "/..%2fapplication.properties",
                "/page/index.html",
                "/log4j2.xml",
                "/status.json/",
                "//etc/passwd",
                "/index.html%00",
                "/observe/health")) {
            assertThat(page.get(path).statusCode()).as(path).isIn(400, 404);
        }
    }

    @Test
    void proxyRequestsAreNotForwarded() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(InetAddress.getLoopbackAddress(), page.port())) {
            other.setSoTimeout(1);
            String url = "http://127.0.0.1:" + other.getLocalPort() + "/";
            client.getOutputStream()
                    .write(("GET " + url + " HTTP/1.1\r\nHost: 127.0.0.1:" + page.port() + "\r\nCamelHttpUri: " + url
                                    + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));

            assertThat(client.getInputStream().readAllBytes())
                    .as("the page answers")
                    .isNotEmpty();

            assertThatThrownBy(other::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 9500001\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"})
    void requestWithABodyIsRefusedAtOnce(String beginning) throws Exception {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), page.port())) {
            client.setSoTimeout(10_000);
            client.getOutputStream()
                    .write(("GET /status.json HTTP/1.1\r\nHost: localhost\r\n" + beginning)
                            .getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void pageIsReadOnly() throws Exception {
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
            assertThat(page.send(method, "/status.json").statusCode())
                    .as(method)
                    .isEqualTo(405);
        }
        assertThat(page.send("HEAD", "/"))
                .satisfies(head -> assertThat(head.statusCode()).isEqualTo(200))
                .satisfies(head -> assertThat(head.body()).isEmpty());
    }

    @Test
    void onLoopbackOnlyRequestsForLocalhostAreAccepted() throws Exception {
        for (String host : List.of("localhost", "LOCALHOST:" + page.port(), "127.0.0.1", "[::1]:" + page.port())) {
            assertThat(statusFor(host)).as(host).isEqualTo(200);
        }
        for (String host :
                List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "10.0.0.1", "")) {
            assertThat(statusFor(host)).as(host).isIn(400, 421);
        }
    }

    @Test
    void figuresAreSharedByManyBrowsers() throws Exception {
        page.program().poll();
        ExecutorService browsers = Executors.newFixedThreadPool(50);
        try {
            List<Callable<String>> looks = IntStream.range(0, 200)
                    .<Callable<String>>mapToObj(
                            i -> () -> page.get("/status.json").body())
                    .toList();
            Set<String> seen =
                    browsers.invokeAll(looks).stream().map(PageAnswerIT::result).collect(Collectors.toSet());
            // the clock advances by a millisecond whenever it is read
            assertThat(seen.size()).as("number of computations").isLessThanOrEqualTo(3);
        } finally {
            browsers.shutdownNow();
        }
        page.program().poll();
        assertThat(services.rows()).isEqualTo(services.firstHour());
    }

    @Test
    void unavailableFiguresAreAnErrorWithoutDetails() throws Exception {
        // figures are cached, so this needs a page without previous requests
        try (SimulatedServices other = services("unreadable")) {
            ServedPage own = new ServedPage(other);
            own.program().poll();
            Path store = folder.resolve("unreadable/state/tap.db");
            Files.move(store, store.resolveSibling("away"));

            HttpResponse<String> answer = own.get("/status.json");
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).isEqualTo("the figures are unavailable; see the health checks and the log\n");

            Files.move(store.resolveSibling("away"), store);
            assertThat(own.get("/status.json").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void pageIsDisabledByDefault() throws Exception {
        try (SimulatedServices other = services("other")) {
            assertThat(Stream.of(other.start().camel().getEndpoints().toArray()).map(Object::toString))
                    .noneMatch(uri -> uri.contains("platform-http"));
        }
    }

    private static SimulatedServices services(String name) throws Exception {
        return new SimulatedServices(
                folder.resolve(name), SandboxSettings.defaults().seed(11).eventsPerHour(60));
    }

    private int statusFor(String host) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), page.port())) {
            socket.getOutputStream()
                    .write(("GET /status.json HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return Integer.parseInt(line.split(" ")[1]);
        }
    }

    private static String result(Future<String> look) {
        try {
            return look.get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
