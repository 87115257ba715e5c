package io.tapsentinel.report.page;

import static io.tapsentinel.CommandSetup.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.tapsentinel.CommandSetup;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.LastError;
import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.monitoring.health.CompletenessHealthCheck;
import io.tapsentinel.monitoring.health.Findings;
import io.tapsentinel.monitoring.metrics.Metrics;
import io.tapsentinel.monitoring.table.HealthTable;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.Deferrals;
import io.tapsentinel.store.ledger.DeliveredCounts;
import io.tapsentinel.store.ledger.HourKeys;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.StoreFigures;
import io.tapsentinel.store.ledger.SuspensionTable;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.Events;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Overlapping gaps of all tables and of one table: every report counts this time once. */
class LostTimeTest {

    private static final int GAPS = 2;
    private static final Duration LOST = Duration.ofDays(2);

    @TempDir
    Path folder;

    private final CommandSetup setup = new CommandSetup(() -> folder);

    @AutoClose
    private Store store;

    private Figures figures;
    private RequestBudget budget;

    @BeforeEach
    void lose() {
        Instant begin = NOW.minus(Duration.ofDays(9));
        TimeRange ofAll = new TimeRange(begin, begin.plus(Duration.ofDays(1)));
        TimeRange ofOne = new TimeRange(begin, begin.plus(LOST));
        store = setup.open();
        ReadState state = new ReadState(store, setup.clock());
        state.expire(List.of(ofAll));
        Deferrals deferrals = new Deferrals(store, setup.clock());
        HourKeys keys = new HourKeys();
        keys.add(Events.event(EventType.CLICKS_BLOCKED, "1").ref());
        store.transaction(connection -> deferrals.deferred(connection, ofOne, keys));
        deferrals.expire(EventType.CLICKS_BLOCKED, List.of(ofOne));
        figures = new Figures(store, state, new SuspensionTable(store), setup.clock());
        budget = new RequestBudget(store, 1_800, 30, 288, new TapClock(setup.clock()), setup.clock());
    }

    @Test
    void figuresCountLostTimeOnce() {
        assertThat(figures.now().gaps()).hasSize(GAPS);
        assertThat(figures.now().lost()).isEqualTo(LOST);
    }

    @Test
    void statusCountsLostTimeOnce() {
        assertThat(setup.run("status"))
                .contains(
                        "gaps                  2 gaps, 2 d in total, latest 2026-11-11 12:00:00 to 2026-11-13 12:00:00");
    }

    @Test
    void pageCountsLostTimeOnce() {
        try (ReadOnlyStore look = ReadOnlyStore.open("jdbc:sqlite:" + folder.resolve("tap.db"), store.source())) {
            StoreFigures seen = look.read(connection -> StoreFigures.read(connection, look.source(), NOW));
            assertThat(new StoreJson(look, seen).json(Optional.empty(), Optional.empty()))
                    .containsEntry("gapsTotal", GAPS)
                    .containsEntry("lostSeconds", LOST.toSeconds());
        }
    }

    @Test
    void healthCountsLostTimeOnce() {
        Findings findings = new CompletenessHealthCheck(figures).findings();
        assertThat(findings.details()).containsEntry("tap.gaps", GAPS).containsEntry("tap.gaps.total", "PT48H");
        assertThat(findings.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.what()).endsWith("(2 gaps in total, 2 d)"));
    }

    @Test
    void metricsCountLostTimeOnce() {
        MeterRegistry registry = Metrics.registry();
        Metrics.ofReading(registry, figures, budget, setup.clock());
        assertThat(registry.get("tap.gaps").gauge().value()).isEqualTo(GAPS);
        assertThat(registry.get("tap.gap").timeGauge().value(TimeUnit.SECONDS)).isEqualTo(LOST.toSeconds());
    }

    @Test
    void healthTableCountsGaps() {
        List<JsonNode> rows = new ArrayList<>();
        SentinelComponent sentinel = new SentinelComponent();
        sentinel.setUploader((stream, body) -> rows.add(read(body).get(0)));
        new HealthTable("tap", "1", sentinel, figures, new DeliveredCounts(store), budget, new LastError()).send();
        assertThat(rows)
                .singleElement()
                .satisfies(row -> assertThat(row.get("gaps").asInt()).isEqualTo(GAPS));
    }

    private static JsonNode read(byte[] body) {
        try {
            return new ObjectMapper().readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
