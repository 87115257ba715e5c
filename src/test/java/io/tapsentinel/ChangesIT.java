package io.tapsentinel;

import static io.tapsentinel.event.EventType.CLICKS_BLOCKED;
import static io.tapsentinel.event.EventType.CLICKS_PERMITTED;
import static io.tapsentinel.event.EventType.MESSAGES_BLOCKED;
import static io.tapsentinel.event.EventType.MESSAGES_DELIVERED;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.ChangingEvents;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.ScriptedTap;
import io.tapsentinel.testing.ScriptedTap.Event;
import io.tapsentinel.testing.SimulatedServices;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events whose verdict changes hours after their delivery, in a running program. */
class ChangesIT {

    private static final Instant CREATED = SimulatedServices.START.minus(Duration.ofMinutes(30));

    private final List<Event> events = new ArrayList<>();
    private final List<String> rows = new CopyOnWriteArrayList<>();

    @AutoClose
    private final SimulatedServices services = new SimulatedServices(SandboxSettings.defaults())
            .eachRow((table, row) -> rows.add(ChangingEvents.label(row)));

    @AutoClose
    private ScriptedTap tap;

    @BeforeEach
    void open() throws Exception {
        tap = new ScriptedTap(services.clock());
        services.with("tap.url", tap.uri().toString());
    }

    @Test
    void theFirstRowStaysAndEachChangeIsCountedOnceByKind() throws Exception {
        aDay();

        assertThat(rows).containsExactlyInAnyOrderElementsOf(firsts());
        assertCounted(2L);
    }

    @Test
    void aFalsePositiveCountsAsAStatusChangeWhenRequested() throws Exception {
        services.with("tap.threat-status", "active,cleared,falsePositive");
        aDay();

        assertThat(rows).containsExactlyInAnyOrderElementsOf(firsts());
        assertCounted(4L);
    }

    @Test
    void withUpdatesEachVersionIsOneRow() throws Exception {
        services.with("tap.updates", "true").with("tap.threat-status", "active,cleared,falsePositive");
        aDay();

        assertThat(rows).containsExactlyInAnyOrderElementsOf(versions());
        assertCounted(4L);
    }

    @Test
    void failedUploadsOfChangesStillLeaveOneRowPerVersion() throws Exception {
        services.with("tap.updates", "true");
        RunningProgram program = changeAfterTenMinutes();

        // Sentinel refuses them, then TAP's answer is cut while some are in flight, then the program restarts
        services.sinkProxy().next(Collections.nCopies(12, Fault.REFUSE).toArray(Fault[]::new));
        program.poll();
        services.sinkProxy().forget();
        assertThat(rows).containsExactlyInAnyOrderElementsOf(firsts());
        services.clock().advance(Duration.ofMinutes(5));
        tap.proxy().next(Fault.CUT_BODY);
        program.poll();
        assertThat(rows)
                .as("some of the changes")
                .hasSizeBetween(events.size() + 1, versions().size() - 1);
        program.stop();
        program = services.start();
        services.clock().advance(Duration.ofMinutes(5));
        program.poll().poll().stop();

        assertThat(rows).containsExactlyInAnyOrderElementsOf(versions());
        assertThat(services.reads()).as("two polls failed").hasSize(3);
    }

    @Test
    void onlyTheReadThatCommitsCountsAChange() throws Exception {
        RunningProgram program = changeAfterTenMinutes();

        tap.proxy().next(Fault.CUT_BODY);
        program.poll();
        services.clock().advance(Duration.ofMinutes(5));
        program.poll().poll().stop();

        assertThat(rows).containsExactlyInAnyOrderElementsOf(firsts());
        assertThat(ledger()).contains(Map.entry("changed", 12L), Map.entry("changed-status", 12L));
    }

    @Test
    void twoVerdictsOnOneEventAreTwoRowsAndARepeatedEventIsOneRow() throws Exception {
        services.with("tap.updates", "true");
        add(ChangingEvents.of("one", MESSAGES_DELIVERED, true, CREATED, Duration.ofDays(9), ""));
        tap.add(events.get(0));
        RunningProgram program = services.start().poll();
        assertThat(rows).as("the same twice").hasSize(1);
        assertThat(services.reads()).hasSize(1);

        add(ChangingEvents.of("one", MESSAGES_DELIVERED, true, CREATED, Duration.ZERO, "cleared"));
        add(ChangingEvents.of("one", MESSAGES_DELIVERED, true, CREATED, Duration.ZERO, "campaign"));
        for (int i = 0; i < 3; i++) {
            services.clock().advance(Duration.ofMinutes(5));
            program.poll();
        }
        program.stop();

        assertThat(rows).containsExactlyInAnyOrder("one/active+1", "one/cleared+1", "one/active+campaign+1");
        assertThat(services.reads())
                .as("at most the poll that skipped one of them failed")
                .hasSizeBetween(3, 4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoMessagesWithOneIdInOneAnswerCountAsOneChange(boolean updates) throws Exception {
        services.with("tap.updates", String.valueOf(updates));
        Event one = ChangingEvents.of("one", MESSAGES_DELIVERED, true, CREATED, Duration.ofDays(9), "");
        Event other = ChangingEvents.of("other", MESSAGES_DELIVERED, true, CREATED, Duration.ofDays(9), "");
        other.versions()
                .get(0)
                .row()
                .put("id", one.versions().get(0).row().get("id").asText());
        add(one);
        add(other);
        RunningProgram program = services.start().poll();
        for (int i = 0; i < 3; i++) {
            services.clock().advance(Duration.ofMinutes(5));
            program.poll();
        }
        program.stop();

        assertThat(rows).hasSize(updates ? 2 : 1).doesNotHaveDuplicates();
        assertThat(ledger())
                .as("what a failed attempt delivered counts as a duplicate")
                .contains(Map.entry("changed", 1L), Map.entry("changed-message", 1L));
    }

    @Test
    void twoRejectedMessagesWithOneIdHaveADocumentEach() throws Exception {
        services.with("tap.updates", "true");
        for (String name : List.of("one", "other")) {
            Event event = ChangingEvents.of(name, MESSAGES_DELIVERED, true, CREATED, Duration.ofDays(9), "");
            event.versions().get(0).row().put("id", "same").put("subject", name + "s".repeat(100_000));
            add(event);
        }
        RunningProgram program = services.start().poll();
        services.clock().advance(Duration.ofMinutes(5));
        program.poll().stop();

        assertThat(rows).hasSize(2);
        assertThat(services.state().rejected("capped"))
                .extracting(record -> record.at("/record/subject").asText().replaceAll("s+$", ""))
                .containsExactlyInAnyOrder("one", "other");
        assertThat(services.state().rejectedFiles())
                .extracting(file -> file.getFileName().toString())
                .anyMatch(name -> name.matches("messagesDelivered-[0-9a-f]{32}-capped\\.json"))
                .anyMatch(name -> name.matches("messagesDelivered-[0-9a-f]{32}-[0-9a-f]{16}-capped\\.json"));
    }

    /** Twelve events that were delivered and then cleared. */
    private RunningProgram changeAfterTenMinutes() {
        for (int i = 0; i < 12; i++) {
            add(ChangingEvents.of(
                    "cleared-" + i,
                    MESSAGES_DELIVERED,
                    i % 2 == 0,
                    CREATED.plusSeconds(i),
                    Duration.ofMinutes(40),
                    "cleared"));
        }
        RunningProgram program = services.start().poll();
        assertThat(rows).hasSize(12);
        services.clock().advance(Duration.ofMinutes(11));
        return program;
    }

    /** Polls for most of an hour every three minutes, then each hour with its sweeps, one after each change, over a restart. */
    private void aDay() throws Exception {
        services.with("tap.sweep.ages", "PT4H,PT8H,PT12H");
        add(ChangingEvents.of("cleared-message", MESSAGES_DELIVERED, true, CREATED, Duration.ofHours(2), "cleared"));
        add(ChangingEvents.of("cleared-click", CLICKS_PERMITTED, false, CREATED, Duration.ofHours(2), "cleared"));
        add(ChangingEvents.of("second-threat", MESSAGES_BLOCKED, true, CREATED, Duration.ofHours(10), "t2"));
        add(ChangingEvents.of("second-threat-no-id", MESSAGES_DELIVERED, false, CREATED, Duration.ofHours(10), "t2"));
        add(ChangingEvents.of("campaign-click", CLICKS_BLOCKED, true, CREATED, Duration.ofHours(6), "campaign"));
        add(ChangingEvents.of("campaign-no-id", MESSAGES_BLOCKED, false, CREATED, Duration.ofHours(6), "campaign"));
        add(ChangingEvents.of(
                "false-message", MESSAGES_DELIVERED, true, CREATED, Duration.ofHours(7), "falsePositive"));
        add(ChangingEvents.of("false-click", CLICKS_PERMITTED, false, CREATED, Duration.ofHours(7), "falsePositive"));
        add(ChangingEvents.shuffled("shuffled", true, CREATED));
        add(ChangingEvents.shuffled("shuffled-no-id", false, CREATED));
        RunningProgram program = services.start().poll();
        for (int i = 0; i < 16; i++) {
            services.clock().advance(Duration.ofMinutes(3));
            program.poll().sweep();
        }
        for (int hour = 1; hour < 14; hour++) {
            if (hour == 9) {
                program.stop();
                program = services.start();
            }
            services.clock().advance(Duration.ofHours(1));
            program.poll().sweep();
        }
        program.stop();
        assertThat(tap.shown(events.get(8))).as("reads of a shuffled message").isGreaterThanOrEqualTo(12);
    }

    private void add(Event event) {
        events.add(event);
        tap.add(event);
    }

    private List<String> firsts() {
        return events.stream()
                .flatMap(event -> ChangingEvents.labels(event, 0, 1).stream())
                .toList();
    }

    private List<String> versions() {
        return events.stream()
                .flatMap(event -> ChangingEvents.labels(event, 0, 2).stream())
                .toList();
    }

    private void assertCounted(long statusChanges) throws Exception {
        assertThat(ledger())
                .contains(
                        Map.entry("new", 10L),
                        Map.entry("changed", statusChanges + 4),
                        Map.entry("changed-status", statusChanges),
                        Map.entry("changed-threat", 2L),
                        Map.entry("changed-campaign", 2L));
    }

    /** Sums of the ledger's counts; call it after the stop. */
    private Map<String, Long> ledger() throws Exception {
        Map<String, Long> sums = new TreeMap<>();
        try (Connection connection = services.store().connect();
                ResultSet row = connection
                        .createStatement()
                        .executeQuery("SELECT outcome, sum(events) FROM ledger_count GROUP BY outcome")) {
            while (row.next()) {
                sums.put(row.getString(1), row.getLong(2));
            }
        }
        return sums;
    }
}
