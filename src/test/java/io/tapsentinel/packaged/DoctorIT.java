package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import io.tapsentinel.sandbox.SandboxIngestion;
import io.tapsentinel.testing.IdentityEndpoint;
import io.tapsentinel.testing.JsonAnswer;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedRequest.Answer;
import io.tapsentinel.testing.ScriptedServer;
import io.tapsentinel.testing.SecureServer;
import io.tapsentinel.testing.TestAuthority;
import io.tapsentinel.testing.TmpfsMount;
import io.tapsentinel.testing.TokenGate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The doctor as a process without a locale, against all services it checks. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoctorIT extends PackagedFixture {

    private static final List<String> STREAMS =
            List.of("ClicksPermitted", "ClicksBlocked", "MessagesDelivered", "MessagesBlocked");
    private static final String OBJECT = "11111111-2222-3333-4444-555555555555";
    /** A token in the format of Microsoft Entra ID, which names its principal. */
    private static final String TOKEN = part("{\"alg\":\"none\"}") + '.'
            + part("{\"oid\":\"" + OBJECT
                    + "\",\"appid\":\"66666666-7777-8888-9999-000000000000\",\"name\":\"name-in-a-token\"}")
            + ".signature-of-a-test";

    private LiveServices services;

    private ScriptedServer tap;

    private IdentityEndpoint identity;

    private SecureServer sink;

    private TokenGate gate;
    /** How the ingestion endpoint answers a request. */
    private volatile HttpHandler answers;

    private PackagedProgram.Launch launch;

    /** A working configuration; each test breaks one thing. */
    @BeforeEach
    void start() throws Exception {
        services = open(new LiveServices(6_000, Duration.ofMinutes(20)));
        tap = open(new ScriptedServer(services.tapUri()));
        identity = open(new IdentityEndpoint());
        identity.give(TOKEN);
        gate = new TokenGate(services.sink(), TOKEN);
        answers = gate;
        sink = open(new SecureServer(TestAuthority.shared(), exchange -> answers.handle(exchange)));
        launch = PackagedProgram.in(folder)
                .with("tls.ca-file", TestAuthority.shared().file().toString())
                .with("tap.url", tap.uri().toString())
                .with("tap.principal", LiveServices.PRINCIPAL)
                .with("tap.secret", LiveServices.SECRET)
                .with("sentinel.endpoint", sink.uri().toString())
                .with("sentinel.dcr-immutable-id", SandboxIngestion.RULE_ID)
                .environment(identity.environment());
    }

    @Test
    void allChecksPassAndNothingIsLeftBehind() throws Exception {
        List<String> lines = examine(DoctorPage.ALL_FINE, 0);

        assertThat(lines).hasSize(13).allMatch(line -> line.startsWith("✓ "));
        assertThat(lines).anyMatch(line -> line.startsWith("✓ token: ") && line.contains(OBJECT));
        for (String stream : STREAMS) {
            assertThat(lines).anyMatch(line -> line.startsWith("✓ stream Custom-ProofPointTAP" + stream + "V2_CL: "));
        }
        assertThat(tap.requests()).as("requests to TAP").isEqualTo(1);
        assertThat(gate.passed()).as("requests with the token").hasSize(STREAMS.size());
        assertThat(services.tables().rows()).as("rows").isEmpty();
        assertThat(launch.work()).isEmptyDirectory();
    }

    @Test
    @Tag("full")
    void withoutConfigurationItNamesWhatIsMissingAndTheSandbox() throws Exception {
        List.of("tap.url", "tap.principal", "tap.secret", "sentinel.endpoint", "sentinel.dcr-immutable-id")
                .forEach(launch::without);
        assertThat(examine(DoctorPage.NOT_CONFIGURED, 1))
                .first()
                .asString()
                .startsWith(
                        "✗ configuration: Missing: tap.principal, tap.secret or tap.secret-file, sentinel.endpoint, sentinel.dcr-immutable-id.")
                .endsWith("start it with --local.");
        assertThat(tap.requests()).isZero();
    }

    @Test
    void aWrongSecretIsReportedAndTheOtherChecksRun() throws Exception {
        launch.with("tap.secret", LiveServices.SECRET + "-of-last-year");

        assertThatOnly("TAP", "TAP answered 401", run(1));
        assertThat(tap.requests()).isEqualTo(1);
    }

    @Test
    @Tag("full")
    void theHealthTableIsCheckedWhenEnabled() throws Exception {
        launch.with("sentinel.health-table", "true");
        List<String> rows = new CopyOnWriteArrayList<>();
        services.tables().eachRow((table, row) -> rows.add(table));

        assertThat(run(0)).contains("✓ stream Custom-TapSentinelHealth_CL: accepts an empty array; no row was written");
        assertThat(rows).as("rows of any table").isEmpty();
    }

    @Test
    @Tag("full")
    void doctorAndARunningProgramDoNotDisturbEachOther() throws Exception {
        launch.with("tap.poll.cron", "0 0 0 1 1 ? 2090").with("tap.sweep.ages", "none");
        PackagedProgram program = open(launch.start());
        program.awaitLine("tap-sentinel reads");
        program.health().awaitUp();

        assertThat(run(0)).anyMatch(line -> line.contains("in use by process " + program.pid() + " since "));
        assertThat(program.isAlive()).isTrue();
        assertThat(program.lines()).noneMatch(line -> line.contains("WARN") || line.contains("ERROR"));
    }

    @Test
    @Tag("full")
    void anUnknownRuleIsReportedByItsIdAfterOneRequest() throws Exception {
        launch.with("sentinel.dcr-immutable-id", "dcr-ffffffffffffffffffffffffffffffff");

        assertThatOnly("rule", "dcr-ffffffffffffffffffffffffffffffff", run(1));
        assertThat(gate.passed()).hasSize(1);
    }

    @Test
    @Tag("full")
    void aMissingRoleIsReportedWithThePrincipalThatNeedsIt() throws Exception {
        refuse(
                "/streams/",
                403,
                "OperationFailed",
                "The authentication token provided does not have access to ingest data for this"
                        + " data collection rule");

        assertThatOnly("rule", "Monitoring Metrics Publisher", examine(DoctorPage.MISSING_ROLE, 1))
                .contains("403 OperationFailed")
                .contains("--assignee " + OBJECT)
                .contains("30 minutes");
    }

    @Test
    @Tag("full")
    void anUndeclaredStreamIsNamedAndTheOthersPass() throws Exception {
        refuse("MessagesBlocked", 400, "InvalidStream", "The stream is not configured in this data collection rule");

        List<String> lines = run(1);
        assertThatOnly("stream Custom-ProofPointTAPMessagesBlockedV2_CL", "400 InvalidStream", lines)
                .contains("azuredeploy.json");
        assertThat(lines).filteredOn(line -> line.startsWith("✓ stream ")).hasSize(3);
    }

    @Test
    @Tag("full")
    void unreachableHostsAreReportedWithTheirCause() throws Exception {
        launch.with("tap.url", "http://127.0.0.1:1").with("sentinel.endpoint", "https://rule.example.invalid");

        assertThat(run(1))
                .anyMatch(line -> line.startsWith("✗ TAP: cannot connect to 127.0.0.1:1;"))
                .anyMatch(line -> line.startsWith("✗ endpoint: cannot resolve rule.example.invalid;"));
    }

    @Test
    @Tag("full")
    void anUntrustedAuthorityIsReportedWithTheCaFileProperty() throws Exception {
        launch.without("tls.ca-file");

        assertThatOnly("endpoint", "tls.ca-file", run(1));
        assertThat(gate.passed()).isEmpty();
    }

    @Test
    @Tag("full")
    void httpIsRefusedBeforeAnyRequest() throws Exception {
        launch.with("tap.url", "http://tap-api-v2.proofpoint.com").with("sentinel.endpoint", "http://rule.example.com");

        assertThat(run(1))
                .filteredOn(line -> line.startsWith("✗ "))
                .hasSize(2)
                .allMatch(line -> line.startsWith("✗ configuration: ") && line.contains("http for loopback only"));
    }

    @Test
    @Tag("full")
    void aStoreThatCannotBeCreatedIsReportedWithTheCause() throws Exception {
        Path file = Files.createFile(launch.work().resolve("state"));

        assertThatOnly("store", file + " is not a folder", run(1));
    }

    @Test
    @Tag("full")
    void aReadOnlyOrFullDiskIsReportedWithoutWriting() throws Exception {
        TmpfsMount mount = open(TmpfsMount.at(launch.work().resolve("state"), "1m"));
        assertThat(run(1))
                .anyMatch(line -> line.startsWith("✗ store: state.url: only ") && line.contains("B free for "));
        mount.change("ro");
        assertThat(run(1))
                .anyMatch(line -> line.startsWith("✗ store: ") && line.contains("is not writable for this user"));
    }

    @Test
    @Tag("full")
    void anIdentityWithoutATokenIsReported() throws Exception {
        identity.refuse(true);

        assertThatOnly("token", "no token for ", run(1));
        assertThat(gate.passed()).isEmpty();
        assertThat(gate.refused())
                .as("the look whether anybody is there")
                .extracting(TokenGate.Request::token)
                .containsExactly("null");
    }

    @Test
    @Tag("full")
    void aWrongClockIsTheOnlyProblemReported() throws Exception {
        tap.script(call -> request -> request.send(request.forward().with("date", now(-122))));

        assertThatOnly("clock", "ahead of TAP's", run(1));
    }

    @Test
    @Tag("full")
    void aUsedUpRequestPoolIsReported() throws Exception {
        tap.script(call ->
                request -> request.send(Answer.of(429, "text/plain", "The limit of requests per 24 hours is exceeded")
                        .with("date", now(0))));

        assertThat(run(1))
                .anyMatch(line -> line.startsWith("✗ TAP: TAP answered 429"))
                .anyMatch(line -> line.startsWith("✗ budget: ") && line.contains("another client"));
        assertThat(tap.requests()).isEqualTo(1);
    }

    private static String now(int seconds) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.now().plusSeconds(seconds).atOffset(ZoneOffset.UTC));
    }

    private static AbstractStringAssert<?> assertThatOnly(String check, String cause, List<String> lines) {
        return assertThat(lines)
                .filteredOn(line -> line.startsWith("✗ "))
                .as("problems")
                .singleElement()
                .asString()
                .startsWith("✗ " + check + ": ")
                .contains(cause);
    }

    /** Also compares the output with the page's example. */
    private List<String> examine(String example, int exit) throws Exception {
        List<String> lines = run(exit);
        DoctorPage.assertThatItShows(example, lines, launch.work());
        return lines;
    }

    /** What it prints; all else that a run says would be too much. */
    private List<String> run(int exit) throws Exception {
        List<Path> before = files();
        PackagedProgram doctor = launch.run(exit, "doctor");
        assertThat(doctor.output()).doesNotContain(TOKEN, "name-in-a-token", "Bearer");
        assertThat(files()).isEqualTo(before);
        assertThat(doctor.lines())
                .allMatch(line -> line.matches("[✓✗-] [\\w -]+: .*|tap-sentinel: doctor: \\d+ problems?.*"));
        return doctor.lines();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(launch.work())) {
            return files.sorted().toList();
        }
    }

    /** The ingestion endpoint answers so to every request for a stream whose path has this in it. */
    private void refuse(String stream, int status, String code, String text) {
        answers = exchange -> {
            if (exchange.getRequestURI().getPath().contains(stream)) {
                exchange.getResponseHeaders().set("x-ms-error-code", code);
                JsonAnswer.send(
                        exchange, status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + text + "\"}}");
            } else {
                gate.handle(exchange);
            }
        };
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
