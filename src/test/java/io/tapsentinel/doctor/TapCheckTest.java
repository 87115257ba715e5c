package io.tapsentinel.doctor;

import static io.tapsentinel.doctor.DoctorSetup.line;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.tapsentinel.doctor.Finding.Mark;
import io.tapsentinel.sandbox.LoopbackServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TapCheckTest {

    @TempDir
    Path folder;

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private DoctorSetup setup;
    private LoopbackServer server;
    private int status = 200;
    private String text = "{}";
    private String location = "";

    @BeforeEach
    void start() throws IOException {
        server = LoopbackServer.start(this::answer, 0);
        setup = new DoctorSetup(() -> folder).with("tap.url", server.uri().toString());
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.close();
    }

    @Test
    void sendsOneRequestFor30SecondsWithTheCredentials() {
        assertThat(line(Mark.OK, check()))
                .contains("accepts the credentials")
                .contains("answered 200 to one request")
                .contains("1,800");
        assertThat(requests)
                .containsExactly(
                        "GET /v2/siem/all?format=json&interval=2026-11-20T11:49:30Z/2026-11-20T11:50:00Z Basic cHJpbmNpcGFsOmh1c2gtaHVzaA==");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>sign in</html>", "Welcome", "  \n<a", "\r\n\r\n\r\n<html>", ""})
    void answerThatIsNotJsonIsAProblem(String page) {
        text = page;
        assertThat(line(Mark.PROBLEM, check()))
                .contains("answered 200, but not with JSON")
                .doesNotContain("html", "Welcome");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", " [", "\uFEFF{\"queryEndTime\"", "\r\n\t  []"})
    void answerThatStartsLikeJsonIsOk(String begin) {
        text = begin;
        assertThat(line(Mark.OK, check())).contains("answered 200");
    }

    @Test
    void endlessAnswerIsNotReadToTheEnd() {
        text = "[endless";
        assertThat(line(Mark.OK, check())).contains("answered 200");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            401 | Service principal or secret is not valid | check tap.principal and tap.secret
            403 |                                          | the rights of that service credential
            429 | The limit is exceeded                    | when the oldest requests are a day old
            400 | The requested interval is still current  | clock
            400 | The start is too far into the past       | clock
            400 | Something else                           | tap.url
            404 | Not found                                | https://tap-api-v2.proofpoint.com
            302 |                                          | check that tap.url is TAP's own host
            500 | {"a":"document that may be content"}     | try again later
            504 |                                          | try again later
            """)
    void refusalIsShownWithTapsTextAndARemedy(int answered, String said, String remedy) {
        status = answered;
        text = said == null ? "" : said;
        location = server.uri() + "/elsewhere";

        assertThat(line(Mark.PROBLEM, check()))
                .startsWith("TAP answered " + answered + (text.isEmpty() || text.startsWith("{") ? "" : ": " + text))
                .contains(remedy)
                .doesNotContain("content");
        assertThat(requests).hasSize(1);
    }

    @Test
    void tokenInARefusalIsMasked() {
        status = 403;
        text = "no access for eyJhbGciOiJub25lIn0.eyJvaWQiOiJ4In0.c2lnbmF0dXJl here";

        assertThat(line(Mark.PROBLEM, check())).startsWith("TAP answered 403: no access for ... here;");
    }

    @Test
    void incompleteConfigurationSendsNoRequest() {
        setup.without("tap.principal");
        ConfigurationCheck configuration = setup.configuration();
        DoctorSetup.findings(configuration);
        TapCheck tap = new TapCheck(configuration, new Web(configuration::network, setup.clock()), setup.clock());

        assertThat(line(Mark.SKIPPED, tap)).isEqualTo(ConfigurationCheck.INCOMPLETE);
        assertThat(requests).isEmpty();
    }

    private TapCheck check() {
        ConfigurationCheck configuration = setup.rightConfiguration();
        return new TapCheck(configuration, new Web(configuration::network, setup.clock()), setup.clock());
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(status, 0);
        exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        if (text.equals("[endless")) {
            await();
        }
        exchange.close();
    }

    private void await() {
        try {
            end.await();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }
}
