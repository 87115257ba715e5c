package io.tapsentinel.yamlroutes;

import static io.tapsentinel.event.EventType.MESSAGES_DELIVERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.app.Parts;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.Programs;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.SuspendedTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** No step of an operator makes a deferred event count as delivered or sends it twice. */
class SuspendedRoutesIT {

    private static final String OPERATOR = "operator.camel.yaml";
    private static final String TABLES = RoutesFixture.TABLES;
    private static final String STEPS = "uri: direct:before-messages-delivered\n      steps:\n";
    private static final String SENTINEL = """
            - to:
                id: messages-delivered-sentinel
                uri: sentinel:ProofPointTAPMessagesDeliveredV2_CL
                parameters:
                  lingerMs: 500
            """.indent(14);
    private final List<String> subjects = new CopyOnWriteArrayList<>();

    @AutoClose
    private final SimulatedServices services = new SimulatedServices().eachRow((table, row) -> {
        if (table.contains(MESSAGES_DELIVERED.table())) {
            subjects.add(row.path("subject").asText());
        }
    });

    private final SuspendedTables tables = new SuspendedTables(services);
    private final Path folder = services.folder().resolve("routes");

    @RegisterExtension
    final LogLines log = new LogLines();

    private final Parts ownRoutes = Programs.withRoutes(folder);

    @BeforeEach
    void copyRoutes() {
        Programs.copyRoutes(folder, OPERATOR, text -> text);
    }

    @Test
    void deferredEventThatIsFilteredLaterIsSettled() throws Exception {
        tables.start(ownRoutes, MESSAGES_DELIVERED).stop();
        long deferred = tables.deferred();
        assertThat(deferred).isPositive();
        edit(OPERATOR, STEPS, STEPS + "        - to: direct:filtered\n");
        RunningProgram program = services.start(ownRoutes);

        tables.accept(program);

        assertThat(tables.rowsOf(MESSAGES_DELIVERED)).isEmpty();
        assertThat(total(LedgerCount.FILTERED)).isGreaterThanOrEqualTo(deferred);
        assertThat(tables.deferred()).isZero();
        assertThat(services.store().number("SELECT count(*) FROM deferred")).isZero();
        assertThat(services.store().number("SELECT count(*) FROM table_backlog"))
                .isZero();
    }

    @Test
    void deferredEventThatIsRedactedLaterArrivesOnce() throws Exception {
        tables.start(ownRoutes, MESSAGES_DELIVERED).stop();
        edit(
                OPERATOR,
                STEPS,
                STEPS + "        - script:\n            simple: \"${body.fields.put('subject', 'redacted')}\"\n");

        arrivesOnce(services.start(ownRoutes));

        assertThat(subjects).isNotEmpty().containsOnly("redacted");
    }

    @Test
    void doCatchDoesNotSettleADeferredEvent() throws Exception {
        edit(TABLES, SENTINEL, """
                - doTry:
                    steps:
                      - to:
                          id: messages-delivered-sentinel
                          uri: sentinel:ProofPointTAPMessagesDeliveredV2_CL
                    doCatch:
                      - exception:
                          - java.lang.Exception
                        steps:
                          - log: caught
                """.indent(14));

        arrivesOnce(suspended());

        assertThat(log.lines()).anyMatch(line -> line.contains("caught"));
    }

    @Test
    void onExceptionDoesNotSettleADeferredEvent() throws Exception {
        edit(
                TABLES,
                "    id: messages-delivered\n"
                        + "    description: Delivered messages to ProofPointTAPMessagesDeliveredV2_CL\n"
                        + "    errorHandler:\n"
                        + "      noErrorHandler: {}\n",
                "    id: messages-delivered\n");
        Files.writeString(folder.resolve(TABLES), """
                - onException:
                    exception:
                      - java.lang.Exception
                    handled:
                      constant: "true"
                    steps:
                      - log: handled
                """ + Files.readString(folder.resolve(TABLES)));

        arrivesOnce(suspended());

        assertThat(log.lines()).anyMatch(line -> line.contains("handled"));
    }

    @Test
    void stepAfterSentinelIsSkippedForADeferredEvent() throws Exception {
        Path after = services.folder().resolve("after");
        edit(TABLES, SENTINEL, SENTINEL + """
                        - setBody:
                            constant: "sent"
                        - to:
                            uri: file:%s
                            parameters:
                              fileName: "${exchangeProperty.CamelSentinelEvent.key}"
                        """.formatted(after).indent(14));
        RunningProgram program = suspended();
        assertThat(after).doesNotExist();

        arrivesOnce(program);

        try (Stream<Path> files = Files.list(after)) {
            assertThat(files).hasSameSizeAs(tables.rowsOf(MESSAGES_DELIVERED));
        }
    }

    @Test
    void reloadKeepsTheSuspension() throws Exception {
        services.with("camel.main.routes-reload-enabled", "true");
        RunningProgram program = tables.start(ownRoutes, MESSAGES_DELIVERED);
        await("the folder is watched")
                .until(() -> program.camel().hasService(RoutesReload.class) != null
                        && program.camel().hasService(RoutesReload.class).isStarted());
        long refused = services.sinkProxy().requests(MESSAGES_DELIVERED.table());
        edit(TABLES, SENTINEL, SENTINEL.replace("500", "400"));
        await("the reload")
                .atMost(Duration.ofSeconds(30))
                .until(() -> log.lines().stream().anyMatch(line -> line.contains(LiveRoutes.RELOADED)));
        services.clock().advance(Duration.ofSeconds(50));

        program.poll();

        assertThat(services.reads(Purpose.POLL)).hasSize(2);
        assertThat(services.sinkProxy().requests(MESSAGES_DELIVERED.table())).isEqualTo(refused);
        assertThat(tables.suspended()).containsExactly(MESSAGES_DELIVERED.arrayName());
        arrivesOnce(program);
    }

    /** A program with a suspended table and deferred events. */
    private RunningProgram suspended() throws Exception {
        RunningProgram program = tables.start(ownRoutes, MESSAGES_DELIVERED);
        services.clock().advance(Duration.ofSeconds(50));
        program.poll();
        tables.assertAllArrivedBut(MESSAGES_DELIVERED);
        assertThat(tables.rowsOf(MESSAGES_DELIVERED)).isEmpty();
        assertThat(tables.deferred()).isPositive();
        return program;
    }

    private void arrivesOnce(RunningProgram program) throws Exception {
        tables.accept(program);
        services.assertEverythingLandedOnce();
        tables.assertNothingWaits();
    }

    private void edit(String file, String part, String replacement) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertThat(text).contains(part);
        Files.writeString(folder.resolve(file), text.replace(part, replacement));
    }

    private long total(LedgerCount count) {
        return services.reads().stream().mapToLong(read -> read.total(count)).sum();
    }
}
