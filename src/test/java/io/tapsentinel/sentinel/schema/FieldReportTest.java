package io.tapsentinel.sentinel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tapsentinel.event.SafeName;
import io.tapsentinel.sentinel.schema.FieldReport.Field;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FieldReportTest {

    @RegisterExtension
    final LogLines lines = new LogLines();

    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-20T23:59:59Z"));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FieldReport report = new FieldReport(clock, false, registry);

    @Test
    void everyCallCountsAndEachNameIsLoggedOnce() {
        report.unknownField("T_CL", "headerTo");
        report.unknownField("T_CL", "headerTo");
        report.unknownField("U_CL", "headerTo");
        assertThat(report.unknownFields())
                .containsOnly(
                        Map.entry(new Field("T_CL", "headerTo"), 2L), Map.entry(new Field("U_CL", "headerTo"), 1L));
        assertThat(lines.lines())
                .containsExactly(
                        "INFO T_CL: no column for field headerTo; it is dropped. Set sentinel.additional-fields=true to keep it (logged once a day)",
                        "INFO U_CL: no column for field headerTo; it is dropped. Set sentinel.additional-fields=true to keep it (logged once a day)");
    }

    @Test
    void lossyValuesAreCountedSeparately() {
        report.lossyValue("T_CL", "impostorScore");
        report.unknownField("T_CL", "impostorScore");
        assertThat(report.lossyValues()).containsOnly(Map.entry(new Field("T_CL", "impostorScore"), 1L));
        assertThat(report.unknownFields()).containsOnly(Map.entry(new Field("T_CL", "impostorScore"), 1L));
        assertThat(lines.lines())
                .first()
                .isEqualTo(
                        "INFO T_CL: a value did not fit column impostorScore and was changed or dropped. Set sentinel.additional-fields=true"
                                + " to keep the original (logged once a day)");
    }

    @Test
    void logNamesAdditionalFieldsIfTheColumnExists() {
        FieldReport kept = new FieldReport(clock, true, registry);
        kept.unknownField("T_CL", "headerTo");
        kept.lossyValue("T_CL", "impostorScore");
        assertThat(lines.lines())
                .containsExactly(
                        "INFO T_CL: no column for field headerTo; it is sent in AdditionalFields (logged once a day)",
                        "INFO T_CL: a value did not fit column impostorScore and was changed or dropped; the original is sent in"
                                + " AdditionalFields (logged once a day)");
    }

    @Test
    void everyNameHasItsOwnCounter() {
        report.unknownField("T_CL", "headerTo");
        report.unknownField("T_CL", "headerTo");
        report.unknownField("T_CL", "not a label\n");
        report.lossyValue("T_CL", "headerTo");
        assertThat(drift("unknown-field", "headerTo")).isEqualTo(2);
        assertThat(drift("unknown-field", "not_a_label__" + digest("not a label\n")))
                .isEqualTo(1);
        assertThat(drift("value", "headerTo")).isEqualTo(1);
        for (int i = 0; i < 1000; i++) {
            report.unknownField("T_CL", "field" + i);
        }
        assertThat(registry.find("tap.drift").tag("kind", "unknown-field").functionCounters())
                .hasSize(201);
        assertThat(drift("unknown-field", "other")).isEqualTo(802);
    }

    private double drift(String kind, String field) {
        return registry.get("tap.drift")
                .tags("kind", kind, "table", "T_CL", "field", field)
                .functionCounter()
                .count();
    }

    @Test
    void newDayInUtcLogsAgain() {
        report.unknownField("T_CL", "a");
        clock.advance(Duration.ofSeconds(1));
        report.unknownField("T_CL", "a");
        report.unknownField("T_CL", "a");
        assertThat(lines.lines()).hasSize(2);
        clock.advance(Duration.ofDays(-1));
        report.unknownField("T_CL", "a");
        assertThat(lines.lines()).as("after the clock is set back").hasSize(2);
        clock.advance(Duration.ofDays(1));
        report.unknownField("T_CL", "a");
        assertThat(lines.lines()).as("after the clock is right again").hasSize(2);
    }

    @Test
    void namesPastTheFirst200CountAsOther() {
        for (int i = 0; i < 1000; i++) {
            report.unknownField("T_CL", "field" + i);
        }
        report.unknownField("T_CL", "field199");
        report.lossyValue("T_CL", "column");
        assertThat(report.unknownFields())
                .hasSize(201)
                .containsEntry(new Field("T_CL", "other"), 800L)
                .containsEntry(new Field("T_CL", "field199"), 2L)
                .doesNotContainKey(new Field("T_CL", "field200"));
        assertThat(report.lossyValues()).containsOnlyKeys(new Field("T_CL", "column"));
        assertThat(lines.lines())
                .as("200 names, one for all others, one column")
                .hasSize(202);
    }

    private static String digest(String name) {
        return SafeName.of(name).replaceFirst(".*\\.", "");
    }

    @Test
    void namesAreShortenedAndCleaned() {
        report.unknownField("T_CL", "a.B_9-z");
        report.unknownField("T_CL", "x\r\nINFO forged ü\ud83d\ude00");
        report.unknownField("T_CL", "n".repeat(100));
        report.unknownField("T_CL", "");
        assertThat(report.unknownFields())
                .containsOnlyKeys(
                        new Field("T_CL", "a_B_9_z"),
                        new Field("T_CL", "x__INFO_forged____" + digest("x\r\nINFO forged ü\ud83d\ude00")),
                        new Field("T_CL", "n".repeat(32) + "_" + digest("n".repeat(100))),
                        new Field("T_CL", "__" + digest("")));
        assertThat(report.unknownFields().keySet())
                .allSatisfy(field -> assertThat(field.name()).matches("\\w{1,64}"));
        assertThat(lines.lines()).noneMatch(line -> line.contains("\n") || line.contains("n".repeat(65)));
    }

    @Test
    void countsAreThreadSafeAndBounded() {
        IntStream.range(0, 100_000).parallel().forEach(i -> report.unknownField("T_CL", "field" + i % 500));
        assertThat(report.unknownFields().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(100_000);
        assertThat(report.unknownFields()).hasSize(201);
        assertThat(lines.lines()).hasSize(201);
    }
}
