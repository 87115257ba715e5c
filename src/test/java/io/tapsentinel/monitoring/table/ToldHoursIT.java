package io.tapsentinel.monitoring.table;

import static io.tapsentinel.event.EventType.CLICKS_BLOCKED;
import static io.tapsentinel.event.EventType.CLICKS_PERMITTED;
import static io.tapsentinel.event.EventType.MESSAGES_BLOCKED;
import static io.tapsentinel.event.EventType.MESSAGES_DELIVERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.app.Parts;
import io.tapsentinel.app.RunContext;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.testing.ChangingEvents;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.ScriptedTap;
import io.tapsentinel.testing.ScriptedTap.Event;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.yamlroutes.RouteFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reported hours match the tables when rows are late, change their hour, are filtered, rejected or sent again. */
class ToldHoursIT {

    private static final Instant SIX = Instant.parse("2026-11-20T06:00:00Z");
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    Path folder;

    private final Workspace workspace = new Workspace();
    private final AtomicInteger refused = new AtomicInteger();

    @AutoClose
    private SimulatedServices services;

    @AutoClose
    private ScriptedTap tap;

    private volatile HealthTable table;
    private volatile boolean acceptsAll;
    /** Simulates a bug: rejected events are recorded as delivered. */
    private boolean countsRejected;

    @BeforeEach
    void open() throws Exception {
        services = new SimulatedServices(folder, SandboxSettings.defaults())
                .eachRow(workspace::landed)
                .with("sentinel.health-table", "true")
                .with("tap.updates", "true")
                .with("tap.threat-status", "active,cleared,falsePositive")
                .with("tap.poll.start", SIX.toString());
        tap = new ScriptedTap(services.clock());
        services.with("tap.url", tap.uri().toString())
                .with("tap.replay.uri", "file:" + services.state().resolve("replay") + "?delay=20&initialDelay=0");
    }

    @Test
    void hoursReportTheRowsInTheTables() throws Exception {
        aDay();
    }

    @Test
    void countingRejectedEventsFailsTheComparison() {
        countsRejected = true;
        assertThatThrownBy(this::aDay)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("as many rows as the tables hold");
    }

    @Test
    void rowsOfALostAnswerAreNotReported() throws Exception {
        plain(5);
        RunningProgram running = start();
        services.sinkProxy().next(Fault.LOSE_ANSWER);
        for (int poll = 0; poll < 12; poll++) {
            running.poll();
            services.clock().advance(Duration.ofMinutes(5));
        }
        table.send();

        String one = Workspace.key("2026-11-20T11:00:00Z", MESSAGES_DELIVERED.table());
        assertThat(workspace.held()).containsEntry(one, 10L);
        assertThat(workspace.newest("delivered")).containsEntry(one, 5L);
    }

    private void aDay() throws Exception {
        plain(20);
        for (int i = 0; i < 6; i++) {
            add(ChangingEvents.of(
                    "cleared-" + i,
                    MESSAGES_DELIVERED,
                    i % 2 == 0,
                    SIX.plus(Duration.ofMinutes(50 * i)),
                    Duration.ofHours(8),
                    "cleared"));
            late(
                    ChangingEvents.of(
                            "late-" + i, CLICKS_PERMITTED, i % 2 == 0, SIX.plus(Duration.ofMinutes(55 * i)), WEEK, ""),
                    Duration.ofHours(7));
            add(ChangingEvents.of(
                    "filtered-" + i, CLICKS_BLOCKED, true, SIX.plus(Duration.ofMinutes(40 * i)), WEEK, ""));
        }
        add(ChangingEvents.of("refused", MESSAGES_BLOCKED, true, SIX.plusSeconds(60), WEEK, ""));
        add(ChangingEvents.of("beside-it", MESSAGES_BLOCKED, true, SIX.plusSeconds(90), WEEK, ""));
        // a click condemned later, and a message whose second threat came hours after the first, both change their hour
        Event click = ChangingEvents.of("condemned-later", CLICKS_PERMITTED, true, SIX, WEEK, "");
        row(click, 0).put("threatTime", SIX.plus(Duration.ofHours(3)).toString());
        add(click);
        Event message = ChangingEvents.of(
                "second-threat", MESSAGES_BLOCKED, true, SIX.plus(Duration.ofHours(5)), Duration.ofHours(4), "t2");
        ((ObjectNode) row(message, 1).path("threatsInfoMap").path(1))
                .put("threatTime", SIX.plus(Duration.ofHours(8)).toString());
        add(message);

        RunningProgram running = start();
        services.sinkProxy().next(Fault.REFUSE);
        for (int step = 0; step < 24; step++) {
            if (step == 10) {
                running.stop();
                running = start();
            }
            running.poll().sweep();
            if (step % 5 == 0) {
                table.send();
            }
            services.clock().advance(Duration.ofMinutes(20));
        }
        assertThat(refused).as("one record was refused").hasPositiveValue();
        assertAsHeld();
        acceptsAll = true;
        long before = held("2026-11-20T06:00:00Z", MESSAGES_BLOCKED);
        services.state().replayRejected();
        await("the replayed record arrives")
                .atMost(Duration.ofSeconds(30))
                .until(() -> held("2026-11-20T06:00:00Z", MESSAGES_BLOCKED) > before);
        running.poll();
        Map<String, Long> hours = assertAsHeld();
        assertThat(hours)
                .containsEntry(Workspace.key("2026-11-20T14:00:00Z", MESSAGES_BLOCKED.table()), 1L)
                .containsEntry(Workspace.key("2026-11-20T11:00:00Z", MESSAGES_BLOCKED.table()), 1L);
        assertThat(hours.values().stream().mapToLong(rows -> rows).sum())
                .as("plain, two of each cleared one, late, refused and beside it,"
                        + " condemned later, two of the second threat")
                .isEqualTo(20 + 2 * 6 + 6 + 2 + 1 + 2);
    }

    private Map<String, Long> assertAsHeld() {
        table.send();
        Map<String, Long> hours = workspace.newest("delivered");
        assertThat(hours).as("of four tables").hasSizeGreaterThan(4 * 12);
        hours.values().removeIf(rows -> rows == 0);
        assertThat(hours).as("as many rows as the tables hold").isEqualTo(workspace.held());
        return hours;
    }

    private void plain(int events) {
        for (int i = 0; i < events; i++) {
            add(ChangingEvents.of(
                    "plain-" + i,
                    MESSAGES_DELIVERED,
                    i % 3 > 0,
                    SimulatedServices.START.minusSeconds(600 + i),
                    WEEK,
                    ""));
        }
    }

    private void add(Event event) {
        tap.add(event);
    }

    private void late(Event event, Duration lag) {
        add(new Event(event.type(), event.created(), event.created().plus(lag), event.versions()));
    }

    private static ObjectNode row(Event event, int version) {
        return event.versions().get(version).row();
    }

    private long held(String hour, EventType type) {
        return workspace.held().getOrDefault(Workspace.key(hour, type.table()), 0L);
    }

    /** Starts a program whose health table the test sends, and that filters blocked clicks. */
    private RunningProgram start() {
        return services.start(new Parts() {
            @Override
            protected RouteBuilder healthTable(RouteBuilder usual, HealthTable made) {
                table = made;
                return Workspace.toldByTheTest();
            }

            @Override
            protected Uploader uploader(RunContext run, Uploader usual) {
                return refusing(usual);
            }

            @Override
            protected SeenKeys seenKeys(RunContext run, Store store) {
                return new SeenKeys(
                        store, run.settings().keysInMemory(), run.settings().updates(), run.clock()) {
                    @Override
                    public void rejected(TapEvent event) {
                        if (countsRejected) {
                            super.delivered(0, List.of(event));
                        } else {
                            super.rejected(event);
                        }
                    }
                };
            }

            @Override
            protected Path routesFolder() {
                return filteringBlockedClicks();
            }
        });
    }

    /** Refuses every batch that contains a certain record with 400. */
    private Uploader refusing(Uploader service) {
        return (stream, body) -> {
            if (!acceptsAll && new String(body, StandardCharsets.UTF_8).contains("\"GUID\":\"refused\"")) {
                refused.incrementAndGet();
                throw new UploadException(
                        400, "refused: 400", new UploadException.Answer("InvalidRecord", null, null, null));
            }
            service.upload(stream, body);
        };
    }

    private Path filteringBlockedClicks() {
        try {
            Path routes = Files.createDirectories(folder.resolve("routes"));
            for (Map.Entry<String, String> file : RouteFiles.packaged().texts().entrySet()) {
                Files.writeString(
                        routes.resolve(file.getKey()),
                        file.getValue()
                                .replaceFirst(
                                        "(uri: direct:before-clicks-blocked\\s+steps:\n)",
                                        "$1        - to: direct:filtered\n"));
            }
            return routes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
