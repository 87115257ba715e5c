package io.tapsentinel.monitoring.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.app.Program;
import io.tapsentinel.testing.FreePort;
import io.tapsentinel.testing.Postgres;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PostgreSQL is paused with SIGSTOP: connections stay open but nothing answers. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HangingDatabaseIT {

    /** The driver's timeout and time to reconnect. */
    private static final Duration RECOVERY = Duration.ofSeconds(60);
    /** The browser gives up after 4.5 s. */
    private static final Duration MOST = Duration.ofMillis(3_500);

    private static final int PROBES = 20;

    private static Postgres postgres;

    private final int management = FreePort.next();
    private final int page = FreePort.next();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final SimulatedServices services = new SimulatedServices();
    private String database;

    @BeforeAll
    static void startServer() throws IOException {
        postgres = Postgres.start();
    }

    @AfterAll
    static void stopServer() {
        postgres.close();
    }

    @BeforeEach
    void hang() throws Exception {
        database = postgres.newDatabase();
        services.with("state.url", database)
                .with("state.user", postgres.user())
                .with("state.password", postgres.password())
                .with("camel.management.port", String.valueOf(management))
                .with("camel.server.enabled", "true");
        RunningProgram program = services.start((settings, properties, clock, committed) -> {
            Program made = new Program(settings, properties, clock, committed);
            made.main().addOverrideProperty("camel.server.port", String.valueOf(page));
            return made;
        });
        program.poll();
        for (String path : List.of("/observe/health/live", "/observe/health/ready", "/observe/metrics")) {
            assertThat(ask(path).join().status()).as(path).isEqualTo(200);
        }
        assertThat(askPage().join().status()).as("page").isEqualTo(200);
        postgres.hang();
        // expires cached answers
        services.clock().advance(Duration.ofSeconds(3));
    }

    @AfterEach
    void stop() throws Exception {
        postgres.goOn();
        services.close();
    }

    @Test
    void livenessAnswersWhileReadinessAndMetricsHang() {
        List<CompletableFuture<Answer>> hanging = new ArrayList<>();
        List<Long> live = new ArrayList<>();
        for (int i = 0; i < PROBES; i++) {
            hanging.add(ask("/observe/health/ready"));
            hanging.add(ask("/observe/metrics"));
            Answer answer = ask("/observe/health/live").join();
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            live.add(answer.took().toMillis());
        }
        // two may be slow on a busy machine
        assertThat(live.stream().sorted().limit(PROBES - 2))
                .as("milliseconds of liveness, %s", live)
                .allMatch(took -> took < 100);
        assertThat(live).as("milliseconds of liveness").allMatch(took -> took < 1_000);
        hanging.forEach(
                one -> assertThat(one.join().took()).as(one.join().body()).isLessThan(MOST.multipliedBy(2)));
    }

    @Test
    @Tag("full")
    void readinessNamesTheHangingStoreWithinThreeSeconds() throws Exception {
        List<Answer> answers = together("/observe/health/ready", PROBES);

        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.status()).as(answer.body()).isEqualTo(503);
            assertThat(answer.took()).isLessThan(MOST);
            assertThat(answer.check("storage").path("status").asText()).isEqualTo("DOWN");
            assertThat(answer.check("storage").path("message").asText())
                    .contains("the store or a folder does not answer")
                    .contains(database)
                    .contains("no answer for ");
        });
        assertThat(ask("/observe/health/ready").join().took())
                .as("once the problem is known")
                .isLessThan(Duration.ofSeconds(1));
        Answer whole = ask("/observe/health?data=true").join();
        assertThat(whole.took()).isLessThan(MOST);
        assertThat(whole.check("storage")
                        .at("/data/storage.last-answer-seconds-ago")
                        .asInt(-1))
                .as("age of the previous figures")
                .isBetween(2, 30);
        assertThat(whole.check("storage").path("data").has("storage.store.bytes"))
                .isTrue();
        assertThat(whole.check("tap").at("/data/status").asText()).isEqualTo("DEGRADED");
        assertThat(whole.check("sentinel").path("data").has("status"))
                .as("a check that does not need the store")
                .isFalse();

        postgres.goOn();
        await("recovery")
                .atMost(RECOVERY)
                .until(() -> ask("/observe/health/ready").join().status() == 200);
        assertThat(ask("/observe/health?data=true").join().body()).doesNotContain("does not answer");
    }

    @Test
    @Tag("full")
    void metricsOfTheStoreAreNaNAndThePageShowsTheProblem() throws Exception {
        Answer metrics = await("cached metrics have expired")
                .pollDelay(Duration.ZERO)
                .until(
                        () -> ask("/observe/metrics").join(),
                        answer -> answer.took().compareTo(MOST) > 0
                                || answer.body().contains("NaN"));
        assertThat(metrics.took()).isLessThan(MOST);
        assertThat(metrics.body())
                .contains("tap_backlog_seconds NaN", "sentinel_possible_duplicates NaN", "tap_requests_limit 1800.0")
                .contains("sentinel_pending_records 0.0");

        Answer shown = askPage().join();
        assertThat(shown.took()).isLessThan(Duration.ofMillis(4_500));
        assertThat(shown.status()).as(shown.body()).isEqualTo(200);
        JsonNode figures = new ObjectMapper().readTree(shown.body());
        assertThat(figures.path("overall").asText()).isEqualTo("DOWN");
        assertThat(figures.at("/problems/0/part").asText()).isEqualTo("storage");
        assertThat(figures.at("/problems/0/what").asText()).contains("does not answer", database);
        assertThat(figures.path("reads")).as("previous reads").hasSize(1);
    }

    @Test
    @Tag("full")
    void requestsDoNotPileUpThreads() {
        ask("/observe/health?data=true").join();
        askPage().join();
        ask("/observe/metrics").join();
        for (int i = 0; i < 5; i++) {
            List<CompletableFuture<Answer>> asked = new ArrayList<>();
            for (int j = 0; j < PROBES; j++) {
                asked.addAll(List.of(ask("/observe/health?data=true"), ask("/observe/metrics"), askPage()));
            }
            assertThat(asked.stream().map(CompletableFuture::join))
                    .allMatch(answer -> answer.took().compareTo(MOST.multipliedBy(2)) < 0);
        }
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .filter(name -> name.startsWith("tap-looks-at-"))
                        .sorted())
                .as("one thread per kind of request")
                .doesNotHaveDuplicates()
                .contains("tap-looks-at-health-storage", "tap-looks-at-store-for-metrics", "tap-looks-at-page");
    }

    private List<Answer> together(String path, int times) {
        return IntStream.range(0, times).mapToObj(any -> ask(path)).toList().stream()
                .map(CompletableFuture::join)
                .toList();
    }

    private CompletableFuture<Answer> ask(String path) {
        return ask(management, path);
    }

    private CompletableFuture<Answer> askPage() {
        return ask(page, "/status.json");
    }

    private CompletableFuture<Answer> ask(int port, String path) {
        long from = System.nanoTime();
        return http.sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .timeout(Duration.ofSeconds(15))
                                .build(),
                        BodyHandlers.ofString())
                .handle((answer, failure) -> new Answer(
                        failure == null ? answer.statusCode() : 0,
                        failure == null ? answer.body() : String.valueOf(failure),
                        Duration.ofNanos(System.nanoTime() - from)));
    }

    /** Status 0: no answer within 15 s. */
    private record Answer(int status, String body, Duration took) {

        JsonNode check(String name) {
            try {
                for (JsonNode check : new ObjectMapper().readTree(body).path("checks")) {
                    if (check.path("name").asText().equals(name)) {
                        return check;
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            throw new AssertionError("no check " + name + " in " + body);
        }
    }
}
