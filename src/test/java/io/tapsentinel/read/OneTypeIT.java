package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.app.Parts;
import io.tapsentinel.app.RunContext;
import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.EventType;
import io.tapsentinel.read.WindowAttempts.End;
import io.tapsentinel.rejected.RejectedDocument;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.InTransaction;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.plan.Coverage;
import io.tapsentinel.tap.plan.Pool;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.Programs;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.ScriptedRequest.Answer;
import io.tapsentinel.testing.ScriptedServer;
import io.tapsentinel.testing.SimulatedServices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads of one type through tap-fetch and the program's own HTTP component, from TAP's endpoint for that type. */
class OneTypeIT {

    private static final TimeRange WINDOW = new TimeRange(
            SimulatedServices.START.minus(Duration.ofMinutes(50)),
            SimulatedServices.START.minus(Duration.ofMinutes(20)));
    private static final String TAP_POLL = "tap-poll.camel.yaml";

    @AutoClose
    private final SimulatedServices services = new SimulatedServices(
            SandboxSettings.defaults().seed(11).eventsPerHour(200).shareFalsePositive(0.2));

    @AutoClose
    private ScriptedServer tap;

    @RegisterExtension
    final LogLines log = new LogLines();

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private RunningProgram program;
    private ReadState state;
    private WindowAttempts attempts;
    private SourceState condition;

    @BeforeEach
    void standBeforeTap() throws IOException {
        tap = new ScriptedServer(services.tapProxy().uri()).script(call -> {
            asked.add(call.target() + " " + call.header("authorization"));
            return ScriptedServer.Step.PASS;
        });
        services.with("tap.url", tap.uri().toString());
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void endpointOfTheTypeIsAskedForEveryStatusAndCountedInItsPool(EventType type) throws Exception {
        start();

        assertThat(read(type, event -> true)).isEqualTo(End.COMMITTED);

        assertThat(asked)
                .containsExactly("/v2/siem/" + type.path()
                        + "?format=json&threatStatus=active&threatStatus=cleared&threatStatus=falsePositive&interval="
                        + WINDOW + " Basic cHJpbmNpcGFsOmh1c2gtaHVzaA==");
        assertLanded(type);
        assertThat(services.store().requests()).isEqualTo(1);
        assertThat(requests("pool = '" + Pool.of(type).word() + "' AND purpose = 'catch-up'"))
                .isEqualTo(1);
        assertThat(services.reads(Purpose.CATCH_UP)).singleElement().satisfies(read -> {
            assertThat(read.window()).isEqualTo(WINDOW);
            assertThat(read.counts()).containsOnlyKeys(type.arrayName());
        });
        assertThat(log.lines())
                .anyMatch(line ->
                        line.contains("catch-up of " + type.routeId() + " " + WINDOW.toText() + " committed in ")
                                && line.startsWith("INFO"));
    }

    @Test
    void eventsThatAreNotDeferredAreNotRead() throws Exception {
        start();
        Set<EventRef> all = new HashSet<>();
        Set<EventRef> wanted = new HashSet<>();

        read(EventType.MESSAGES_BLOCKED, event -> all.add(event) && all.size() % 2 == 0 && wanted.add(event));

        assertThat(wanted).hasSizeBetween(5, all.size() - 5);
        assertThat(services.delivered().size()).isEqualTo(wanted.size());
        assertThat(services.reads().get(0).total(LedgerCount.FETCHED)).isEqualTo(wanted.size());
        assertThat(state.ledger()
                        .coverage(WINDOW, Duration.ZERO)
                        .isLate(WINDOW.from().plusSeconds(1)))
                .as("time that is covered")
                .isFalse();
    }

    @Test
    void pollsRequestAllTypesBeforeAndAfter() throws Exception {
        start();
        program.poll();
        read(EventType.CLICKS_BLOCKED, event -> true);
        program.poll();

        assertThat(asked)
                .hasSize(3)
                .satisfies(requests -> assertThat(List.of(requests.get(0), requests.get(2)))
                        .allMatch(request -> request.startsWith(
                                "/v2/siem/all?format=json&threatStatus=active&threatStatus=cleared&interval=")));
        assertThat(services.reads()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"CLICKS_PERMITTED, false", "CLICKS_PERMITTED, true", "MESSAGES_BLOCKED, false", "MESSAGES_BLOCKED, true"
    })
    void olderTapFetchServesBothKindsOfReads(EventType type, boolean bridges) throws Exception {
        start(Files.readString(Path.of("src/test/resources/older-routes", TAP_POLL))
                .replace(
                        "throwExceptionOnFailure: false",
                        "throwExceptionOnFailure: false\n              bridgeEndpoint: " + bridges));

        program.poll();
        assertThat(read(type, event -> true)).isEqualTo(End.COMMITTED);
        program.poll();

        assertThat(asked)
                .extracting(request -> request.substring(0, request.indexOf('?')))
                .containsExactly("/v2/siem/all", "/v2/siem/" + type.path(), "/v2/siem/all");
        assertThat(services.reads()).hasSize(3);
        services.assertNothingTwice();
    }

    @Test
    void tapFetchThatAsksAnotherEndpointFailsTheWindow() throws Exception {
        String accept = "                expression: application/json\n";
        start(Files.readString(Path.of("routes", TAP_POLL))
                .replace(
                        accept,
                        accept + "        - removeHeaders:\n            pattern: CamelHttpUri|CamelRestHttpUri\n"));

        assertThat(read(EventType.MESSAGES_DELIVERED, event -> true)).isEqualTo(End.FAILED);

        assertThat(log.lines())
                .anyMatch(
                        line -> line.startsWith("WARN catch-up of messages-delivered " + WINDOW.toText() + " failed, ")
                                && line.contains("tap-fetch did not ask TAP for this window: it must send GET"
                                        + " {{tap.url}}/v2/siem/messages/delivered (header CamelHttpUri)"));
        assertThat(services.delivered().size()).isZero();
        program.poll();
        assertThat(services.reads(Purpose.POLL)).as("all types").hasSize(1);
    }

    @Test
    void eventsOfOtherTypesAreNotRead() throws Exception {
        String click = "{\"id\":\"%s\",\"GUID\":\"g\",\"clickTime\":\"" + WINDOW.from() + "\"}";
        start();
        answer("{\"queryEndTime\":\"" + WINDOW.to() + "\",\"clicksPermitted\":[" + click.formatted("1")
                + "],\"clicksBlocked\":[" + click.formatted("2") + "]}");

        assertThat(read(EventType.CLICKS_BLOCKED, event -> true)).isEqualTo(End.COMMITTED);

        assertThat(services.rows()).singleElement().asString().startsWith("clicksBlocked|2|");
        assertThat(services.reads().get(0).total(LedgerCount.FETCHED)).isEqualTo(1);
    }

    @Test
    void rejectedRecordIsNotRejectedAgain() throws Exception {
        String rows =
                "{\"queryEndTime\":\"" + WINDOW.to() + "\",\"clicksHeld\":[{\"id\":\"1\"}],\"clicksBlocked\":[17]}";
        start();
        answer(rows);
        read(EventType.CLICKS_BLOCKED, event -> true);
        assertThat(services.reads().get(0).total(LedgerCount.REJECTED)).isEqualTo(2);

        services.clock().advance(Duration.ofSeconds(1));
        answer(rows);
        assertThat(read(EventType.CLICKS_BLOCKED, event -> true)).isEqualTo(End.COMMITTED);

        assertThat(services.reads().get(1).total(LedgerCount.REJECTED)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "{\"queryEndTime\":\"END\"}", "{\"queryEndTime\":\"END\",\"clicksPermitted\":null}"})
    void emptyAnswerIsRead(String body) throws Exception {
        start();
        answer(body.replace("END", WINDOW.to().toString()));

        assertThat(read(EventType.CLICKS_PERMITTED, event -> true)).isEqualTo(End.COMMITTED);

        assertThat(services.reads())
                .singleElement()
                .extracting(LedgerEntry::counts)
                .matches(counts -> counts.values().stream()
                        .allMatch(count -> count.values().stream().allMatch(Long.valueOf(0)::equals)));
    }

    @Test
    void throttledPermittedClicksEndOnlyTheirOwnRead() throws Exception {
        start();
        services.tapProxy().next(Fault.THROTTLED);

        assertThat(read(EventType.CLICKS_PERMITTED, event -> true)).isEqualTo(End.FAILED);
        assertThat(read(EventType.CLICKS_BLOCKED, event -> true)).isEqualTo(End.COMMITTED);
        program.poll();

        assertThat(condition.backoff().rest()).isEmpty();
        assertThat(services.reads(Purpose.POLL)).hasSize(1);
        assertThat(services.store().number("SELECT count(*) FROM tap_rest")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"CLICKS_BLOCKED, THROTTLED", "MESSAGES_DELIVERED, THROTTLED"})
    void otherTypesRestTogether(EventType type, Fault refusal) throws Exception {
        start();
        services.tapProxy().next(refusal);

        assertThat(read(type, event -> true)).isEqualTo(End.OVER);
        program.poll();

        assertThat(condition.backoff().isResting(services.clock().now())).isTrue();
        assertThat(asked).hasSize(1);
    }

    /** A proxy may allow /all only; wrong credentials are refused there too. */
    @ParameterizedTest
    @CsvSource({
        "CLICKS_PERMITTED, UNAUTHORIZED",
        "MESSAGES_BLOCKED, FORBIDDEN",
        "MESSAGES_BLOCKED, SILENT_400",
        "MESSAGES_BLOCKED, REFUSE",
        "MESSAGES_BLOCKED, GATEWAY_TIMEOUT",
        "MESSAGES_BLOCKED, HTML",
        "MESSAGES_BLOCKED, CUT_BODY"
    })
    void refusalOfOneEndpointDoesNotAffectOthers(EventType type, Fault refusal) throws Exception {
        start();
        services.tapProxy().next(refusal);

        assertThat(read(type, event -> true)).isEqualTo(End.FAILED);

        assertThat(condition.backoff().isResting(services.clock().now())).isFalse();
        assertThat(condition.backoff().held()).isEmpty();
        assertThat(condition.backoff().failures()).isZero();
        assertThat(condition.size().longest()).isEqualTo(Duration.ofHours(1));
        assertThat(state.unreadable().detour().ranges()).isEmpty();
        assertThat(reading("1 = 1")).isZero();
        program.poll();
        assertThat(services.reads(Purpose.POLL)).hasSize(1);
    }

    @Test
    void olderProgramUnderstandsTheReadThatEndedTheProcess() throws Exception {
        start();
        Set<Long> sweeps = new HashSet<>();

        read(EventType.MESSAGES_BLOCKED, event -> sweeps.add(reading("purpose = 'sweep'")));

        assertThat(sweeps).containsExactly(1L);
        assertThat(reading("1 = 1")).as("the read has ended").isZero();
    }

    @Test
    void storedAnswerStaysUntilAllTypesAreRead() throws Exception {
        Path stored = services.folder().resolve("state/rejected").resolve(RejectedDocument.answerName(WINDOW));
        Files.createDirectories(stored.getParent());
        Files.writeString(stored, "{");
        start();

        assertThat(read(EventType.MESSAGES_BLOCKED, event -> true)).isEqualTo(End.COMMITTED);
        assertThat(stored).exists();

        attempts.readOnce(
                new DefaultExchange(program.camel()),
                () -> Optional.of(new DueRead.Backlog(WINDOW, Coverage.NONE, state)));
        assertThat(stored).doesNotExist();
    }

    private long reading(String which) {
        try {
            return services.store().number("SELECT count(*) FROM reading WHERE " + which);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long requests(String which) throws SQLException {
        return services.store().number("SELECT count(*) FROM request_log WHERE " + which);
    }

    /** Each event of this type landed once, false positives too, and no other event did. */
    private void assertLanded(EventType type) {
        List<String> truth = services
                .truth(WINDOW.from(), WINDOW.to(), services.clock().now())
                .stream()
                .filter(key -> key.startsWith(type.arrayName() + '|'))
                .toList();
        assertThat(truth).hasSizeGreaterThan(5);
        assertThat(services.rows()).isEqualTo(truth);
    }

    /** Sets TAP's next answer; 204 when it is empty. */
    private void answer(String body) {
        tap.next(call -> call.send(new Answer(
                body.isEmpty() ? 204 : 200,
                Map.of("content-type", "application/json"),
                body.getBytes(StandardCharsets.UTF_8))));
    }

    private End read(EventType type, Predicate<EventRef> wanted) {
        return attempts.readOnce(
                new DefaultExchange(program.camel()),
                () -> Optional.of(new CatchUpRead(WINDOW, type, true, state, null) {
                    @Override
                    Set<EventRef> wanted(List<EventRef> events) {
                        return events.stream().filter(wanted).collect(Collectors.toSet());
                    }

                    @Override
                    public void commit(LedgerEntry entry, InTransaction also) {
                        state.commitWithoutProgress(entry, also);
                    }
                }));
    }

    private void start() throws IOException {
        start(Files.readString(Path.of("routes", TAP_POLL)));
    }

    /** Starts a program with an operator's tap-fetch. */
    private void start(String tapPoll) throws IOException {
        Path routes = Programs.copyRoutes(services.folder().resolve("routes"), TAP_POLL, text -> tapPoll);
        program = services.start(new Parts() {
            @Override
            protected Path routesFolder() {
                return routes;
            }

            @Override
            protected SeenKeys seenKeys(RunContext run, Store store) {
                state = new ReadState(store, run.clock());
                return super.seenKeys(run, store);
            }

            @Override
            protected WindowAttempts attempts(RunContext run, SeenKeys seen, SourceState tap, ReadListener reads) {
                condition = tap;
                attempts = super.attempts(run, seen, tap, reads);
                return attempts;
            }
        });
    }
}
