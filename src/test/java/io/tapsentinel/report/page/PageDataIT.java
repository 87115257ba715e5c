package io.tapsentinel.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.SimulatedServices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares all figures with values that the test reads from SQLite. */
class PageDataIT {

    @TempDir
    Path folder;

    @AutoClose
    private SimulatedServices services;

    private ServedPage page;

    @BeforeEach
    void begin() throws Exception {
        services = new SimulatedServices(
                folder, SandboxSettings.defaults().seed(11).eventsPerHour(60).shareWithoutId(0.05));
        page = new ServedPage(services);
    }

    @Test
    void figuresBeforeTheFirstRead() throws Exception {
        JsonNode figures = page.figures();

        assertThat(figures.at("/progress/readTo").isNull()).isTrue();
        assertThat(figures.at("/progress/lastPollAt").isNull()).isTrue();
        assertThat(figures.get("hours")).isEmpty();
        assertThat(figures.get("reads")).isEmpty();
        assertThat(figures.get("tables"))
                .hasSize(4)
                .allMatch(table -> table.get("rows24h").asLong() == 0
                        && table.get("byHour").size() == 24);
        assertThat(figures.get("source").asText()).isEqualTo("tap");
        assertThat(figures.get("archive").isNull()).isTrue();
        assertThat(figures.get("sandbox").asBoolean()).isFalse();
        assertRunningRoutes(figures.get("routes"));
    }

    @Test
    void manyGroupsOfRejectedRecordsAreSummedUp() throws Exception {
        Path rejected = Files.createDirectories(services.state().resolve("rejected"));
        for (int i = 0; i < 120; i++) {
            Files.writeString(
                    rejected.resolve("type%03d-%032x-unknown-type.json".formatted(i, i)),
                    "{\"reason\":\"unknown-type\",\"type\":\"type" + i + "\"}");
        }
        page.program().poll();

        JsonNode groups = page.figures().at("/rejected/byReason");

        assertThat(groups).hasSize(51);
        assertThat(groups.findValuesAsText("table")).containsOnlyOnce("others");
        assertThat(groups.findValues("records").stream()
                        .mapToLong(JsonNode::asLong)
                        .sum())
                .isEqualTo(120);
    }

    @Test
    void refusedFirstRequestShowsTheNextAttempt() throws Exception {
        services.close();
        services = new SimulatedServices(folder, SimulatedServices.sixtyEventsAnHour())
                .stateIn("refused")
                // Quartz uses the machine's clock and must not fire during the test
                .with("tap.poll.cron", "0 20 12 20 11 ?");
        services.tapProxy().next(Fault.UNAUTHORIZED);
        page = new ServedPage(services);
        page.program().poll();

        JsonNode progress = page.figures().get("progress");

        assertThat(progress.get("readTo").isNull()).isTrue();
        assertThat(progress.get("lagSeconds").isNull()).isTrue();
        assertThat(progress.get("lastPollAt").isNull()).isTrue();
        assertThat(progress.get("nextAttemptAt").asText()).isEqualTo("2026-11-20T12:20:00Z");
        assertThat(page.figures().at("/problems/0/what").asText())
                .isEqualTo("TAP refuses the credentials (TAP answered 401: bad credentials; next attempt 12:20 UTC)");
    }

    @Test
    void figuresMatchTheStoreAndContainNoEventContent() throws Exception {
        TreeSet<String> content = new TreeSet<>();
        services.eachRow((table, row) -> List.of("subject", "sender", "fromAddress", "url", "senderIP", "clickIP")
                .forEach(name -> {
                    JsonNode value = row.path(name);
                    if (value.isTextual() && value.asText().length() > 6) {
                        content.add(value.asText());
                    }
                }));
        for (int i = 0; i < 8; i++) {
            page.program().poll();
            services.clock().advance(Duration.ofHours(1));
        }
        page.program().poll().sweep();
        String text = page.get("/status.json").body();
        assertThat(content).hasSizeGreaterThan(100).noneMatch(text::contains);
        JsonNode figures = page.figures();

        for (EventType type : EventType.values()) {
            JsonNode table = figures.get("tables").get(type.ordinal());
            assertThat(table.get("table").asText()).isEqualTo(type.table());
            assertThat(table.get("rows24h").asLong())
                    .isPositive()
                    .isEqualTo(
                            number("SELECT sum(events) FROM delivered_hour WHERE stream = '" + type.arrayName() + "'"));
            for (JsonNode hour : table.get("byHour")) {
                assertThat(hour.get("rows").asLong())
                        .isEqualTo(number("SELECT coalesce(sum(events), 0) FROM delivered_hour WHERE stream = '"
                                + type.arrayName() + "' AND hour = " + millis(hour.get("hour"))));
            }
            for (String[] count : new String[][] {
                {"late24h", "'late'"},
                {"duplicates24h", "'duplicate', 'duplicate-inside'"},
                {"rejected24h", "'rejected'"},
                {"unreadable24h", "'unreadable'"}
            }) {
                assertThat(table.get(count[0]).asLong())
                        .as(count[0])
                        .isEqualTo(number("SELECT coalesce(sum(events), 0) FROM ledger_count WHERE stream = '"
                                + type.arrayName() + "' AND outcome IN (" + count[1] + ")"));
            }
        }
        assertThat(figures.at("/progress/readTo").asText())
                .isEqualTo(Instant.ofEpochMilli(number("SELECT read_to FROM progress"))
                        .toString());
        assertThat(figures.at("/progress/lastPollAt").asText())
                .isEqualTo(Instant.ofEpochMilli(number("SELECT max(read_at) FROM ledger WHERE purpose = 'poll'"))
                        .toString());
        assertThat(figures.at("/budget/0/used").asLong())
                .isEqualTo(services.tap().requests())
                .isEqualTo(number("SELECT count(*) FROM request_log"));
        assertThat(figures.at("/budget/0/leftForPolls").asLong())
                .isEqualTo(1_800 - services.tap().requests());
        assertThat(figures.get("reads")).hasSize((int) Math.min(20, number("SELECT count(*) FROM ledger")));
        for (JsonNode read : figures.get("reads")) {
            for (String what : List.of("fetched", "new", "late", "filtered", "changed", "rejected", "deferred")) {
                assertThat(read.get(what).asLong())
                        .as(what)
                        .isEqualTo(number("SELECT coalesce(sum(events), 0) FROM ledger_count WHERE read_at = "
                                + millis(read.get("readAt")) + " AND from_at = " + millis(read.get("from"))
                                + " AND outcome = '" + what + "'"));
            }
        }
        List<String> swept = new ArrayList<>();
        for (JsonNode hour : figures.get("hours")) {
            long theirs =
                    number("SELECT coalesce(sum(theirs), -1) FROM sweep WHERE hour = " + millis(hour.get("hour")));
            if (theirs >= 0) {
                swept.add(hour.get("hour").asText());
                assertThat(hour.get("theirs").asLong()).isEqualTo(theirs);
                assertThat(hour.get("missing").asLong()).isZero();
            } else {
                assertThat(hour.get("theirs").isNull()).isTrue();
                assertThat(hour.get("dueAt").asText()).isNotEmpty();
            }
        }
        assertThat(swept).as("hours that were swept").isNotEmpty().hasSize((int)
                number("SELECT count(DISTINCT hour) FROM sweep"));
    }

    @Test
    void deletedKeyIsMissingInItsHour() throws Exception {
        page.program().poll();
        services.clock().advance(Duration.ofHours(6));
        page.program().poll().sweep();
        assertThat(page.figures().get("hours"))
                .anyMatch(hour -> hour.get("theirs").asLong() > 0)
                .noneMatch(hour -> hour.get("missing").asLong() > 0);

        long hour = changeOneSweptKey("DELETE FROM seen");
        services.clock().advance(Duration.ofSeconds(31));

        assertThat(page.figures().get("hours"))
                .filteredOn(one -> one.get("missing").asLong() > 0)
                .singleElement()
                .satisfies(one -> {
                    assertThat(millis(one.get("hour"))).isEqualTo(hour);
                    assertThat(one.get("missing").asLong()).isEqualTo(1);
                    assertThat(one.get("theirs").asLong() - one.get("ours").asLong())
                            .isEqualTo(1);
                });
    }

    @Test
    void rejectedRecordIsCountedAsRejectedInItsHour() throws Exception {
        page.program().poll();
        services.clock().advance(Duration.ofHours(6));
        page.program().poll().sweep();

        long hour = changeOneSweptKey("UPDATE seen SET rejected = 1");
        services.clock().advance(Duration.ofSeconds(31));

        JsonNode hours = page.figures().get("hours");
        assertThat(hours)
                .filteredOn(one -> one.get("rejected").asLong() > 0)
                .singleElement()
                .satisfies(one -> {
                    assertThat(millis(one.get("hour"))).isEqualTo(hour);
                    assertThat(one.get("rejected").asLong()).isEqualTo(1);
                });
        for (JsonNode one : hours) {
            assertThatItAddsUp(one);
            one.get("tables").forEach(PageDataIT::assertThatItAddsUp);
        }
    }

    @Test
    void suspendedTableIsReportedAndItsHoursAddUp() throws Exception {
        EventType type = EventType.MESSAGES_DELIVERED;
        services.sinkProxy().always(type.table(), Fault.FORBIDDEN);
        page.program().poll();
        services.clock().advance(Duration.ofMinutes(2));
        page.program().poll();
        services.clock().advance(Duration.ofHours(6));
        page.program().poll().sweep();
        services.clock().advance(Duration.ofSeconds(31));
        JsonNode figures = page.figures();

        long deferred = number("SELECT count(*) FROM deferred");
        assertThat(figures.at("/problems/0/what").asText())
                .startsWith("a table has been suspended for 30 minutes (" + type.table() + " has been suspended for ")
                .contains(
                        "(since 12:02 UTC): ", deferred + " events are deferred; next probe at the first poll after ");
        JsonNode table = figures.get("tables").get(type.ordinal());
        assertThat(table.get("deferred").asLong()).isEqualTo(deferred).isPositive();
        assertThat(table.get("withdrawn").asLong()).isZero();
        assertThat(table.get("suspendedSince").asText()).startsWith("2026-11-20T12:02:00");
        assertThat(table.get("nextProbeAt").asText()).startsWith("2026-11-20T18:");
        assertThat(table.get("reason").asText()).contains("403");
        assertThat(table.get("waitingSeconds").asLong())
                .isEqualTo(number("SELECT sum(to_at - from_at) / 1000 FROM table_backlog"));
        assertThat(table.get("words").asText()).contains(". Assign the identity the role");
        assertThat(figures.get("tables").get(0).get("words").isNull()).isTrue();
        assertThat(figures.get("hours")).anyMatch(hour -> hour.get("deferred").asLong() > 0);
        for (JsonNode hour : figures.get("hours")) {
            assertThatItAddsUp(hour);
            hour.get("tables").forEach(PageDataIT::assertThatItAddsUp);
        }
    }

    private static void assertThatItAddsUp(JsonNode figures) {
        assertThat(figures.get("missing").asLong()).isZero();
        assertThat(figures.get("theirs").asLong())
                .isEqualTo(figures.get("ours").asLong()
                        + figures.get("deferred").asLong()
                        + figures.get("withdrawn").asLong()
                        + figures.get("rejected").asLong());
    }

    @Test
    void gapsAndProblemsAreReportedWithRemedies() throws Exception {
        page.program().poll();
        services.clock().advance(Duration.ofDays(9));
        page.program().poll();
        services.sinkProxy().next(9, Fault.FORBIDDEN);
        services.clock().advance(Duration.ofMinutes(5));
        page.program().poll();
        JsonNode figures = page.figures();

        assertThat(figures.get("gapsTotal").asLong())
                .isEqualTo(number("SELECT count(*) FROM gap"))
                .isPositive();
        assertThat(millis(figures.at("/gaps/0/from"))).isEqualTo(number("SELECT from_at FROM gap"));
        assertThat(figures.at("/gaps/0/lostSeconds").asLong())
                .isEqualTo(number("SELECT (to_at - from_at) / 1000 FROM gap"));
        assertThat(figures.get("overall").asText()).isEqualTo("DOWN");
        assertThat(figures.at("/problems/0/level").asText()).isEqualTo("DOWN");
        assertThat(figures.get("problems"))
                .allMatch(problem -> !problem.get("what").asText().isEmpty()
                        && !problem.get("remedy").asText().isEmpty())
                .anyMatch(problem -> problem.get("part").asText().equals("sentinel")
                        && problem.get("what").asText().contains("403"))
                .anyMatch(problem -> problem.get("part").asText().equals("completeness"));
        assertThat(figures.at("/sink/tables"))
                .anyMatch(table -> table.get("needsPerson").asBoolean()
                        && table.get("failures").asInt() > 0);
    }

    private long changeOneSweptKey(String change) throws Exception {
        try (Connection store = store();
                ResultSet sweep = store.createStatement()
                        .executeQuery(
                                "SELECT hour, stream, keys FROM sweep WHERE length(keys) > 0 ORDER BY hour DESC LIMIT 1")) {
            sweep.next();
            try (PreparedStatement statement = store.prepareStatement(change + " WHERE stream = ? AND key = ?")) {
                statement.setString(1, sweep.getString(2));
                statement.setBytes(2, java.util.Arrays.copyOf(sweep.getBytes(3), 16));
                assertThat(statement.executeUpdate()).isEqualTo(1);
            }
            return sweep.getLong(1);
        }
    }

    private static void assertRunningRoutes(JsonNode routes) {
        assertThat(routes)
                .extracting(route -> route.get("id").asText())
                .contains("tap-poll", "tap-event", "clicks-blocked", "before-clicks-blocked", "tap-window")
                .doesNotContain("tap-archive");
        assertThat(routes)
                .filteredOn(route -> route.get("id").asText().equals("tap-event"))
                .singleElement()
                .satisfies(route -> {
                    assertThat(route.get("yaml").asBoolean()).isTrue();
                    assertThat(route.get("to"))
                            .extracting(JsonNode::asText)
                            .containsExactly(
                                    "direct:clicks-permitted",
                                    "direct:clicks-blocked",
                                    "direct:messages-delivered",
                                    "direct:messages-blocked");
                });
        assertThat(routes.toString()).doesNotContain("?").doesNotContain("cron");
    }

    private static long millis(JsonNode time) {
        return Instant.parse(time.asText()).toEpochMilli();
    }

    private long number(String sql) throws Exception {
        try (Connection store = store();
                ResultSet row = store.createStatement().executeQuery(sql)) {
            return row.getLong(1);
        }
    }

    private Connection store() throws Exception {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state/tap.db"));
    }
}
