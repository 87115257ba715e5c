package io.tapsentinel.sentinel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sentinel.schema.FieldReport.Field;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FieldReportTest {

    private final Lines lines = new Lines();
    private final SteppingClock clock = new SteppingClock(Instant.parse("2026-11-20T23:59:59Z"));
    private final FieldReport report = new FieldReport(clock);
    private final Logger logger = (Logger) LogManager.getLogger(FieldReport.class);
    private Level before;

    @BeforeEach
    void listen() {
        before = logger.getLevel();
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stopListening() {
        logger.removeAppender(lines);
        logger.setLevel(before);
    }

    @Test
    void everyCallCountsButEachNameIsLoggedOnce() {
        report.unknownField("T_CL", "headerTo");
        report.unknownField("T_CL", "headerTo");
        report.unknownField("U_CL", "headerTo");
        assertThat(report.unknownFields()).containsOnly(Map.entry(new Field("T_CL", "headerTo"), 2L), Map.entry(new Field("U_CL", "headerTo"), 1L));
        assertThat(lines.texts).containsExactly("INFO T_CL has no column for field headerTo: it is not sent (logged once a day)",
                "INFO U_CL has no column for field headerTo: it is not sent (logged once a day)");
    }

    @Test
    void lossyValuesAreCountedApart() {
        report.lossyValue("T_CL", "impostorScore");
        report.unknownField("T_CL", "impostorScore");
        assertThat(report.lossyValues()).containsOnly(Map.entry(new Field("T_CL", "impostorScore"), 1L));
        assertThat(report.unknownFields()).containsOnly(Map.entry(new Field("T_CL", "impostorScore"), 1L));
        assertThat(lines.texts).first().isEqualTo(
                "INFO T_CL got a value that does not fit column impostorScore: it was rounded or not sent (logged once a day)");
    }

    @Test
    void aNewDayInUtcLogsAgain() {
        report.unknownField("T_CL", "a");
        clock.now = clock.now.plusSeconds(1);
        report.unknownField("T_CL", "a");
        report.unknownField("T_CL", "a");
        assertThat(lines.texts).hasSize(2);
        clock.now = clock.now.minus(Duration.ofDays(1));
        report.unknownField("T_CL", "a");
        assertThat(lines.texts).as("a clock set back").hasSize(2);
    }

    @Test
    void namesPastTheFirst200CountAsOther() {
        for (int i = 0; i < 1000; i++) {
            report.unknownField("T_CL", "field" + i);
        }
        report.unknownField("T_CL", "field199");
        report.lossyValue("T_CL", "column");
        assertThat(report.unknownFields()).hasSize(201).containsEntry(new Field("T_CL", "other"), 800L)
                .containsEntry(new Field("T_CL", "field199"), 2L).doesNotContainKey(new Field("T_CL", "field200"));
        assertThat(report.lossyValues()).containsOnlyKeys(new Field("T_CL", "column"));
        assertThat(lines.texts).as("200 names, the first of the others, one column").hasSize(202);
    }

    @Test
    void namesAreShortenedAndCleaned() {
        report.unknownField("T_CL", "a.B_9-z");
        report.unknownField("T_CL", "x\r\nINFO forged ü\ud83d\ude00");
        report.unknownField("T_CL", "n".repeat(100));
        report.unknownField("T_CL", "");
        assertThat(report.unknownFields()).containsOnlyKeys(new Field("T_CL", "a.B_9-z"), new Field("T_CL", "x??INFO?forged????"),
                new Field("T_CL", "n".repeat(64)), new Field("T_CL", ""));
        assertThat(lines.texts).noneMatch(line -> line.contains("\n") || line.contains("n".repeat(65)));
    }

    @Test
    void countsOfManyThreadsAddUpAndStayBounded() {
        IntStream.range(0, 100_000).parallel().forEach(i -> report.unknownField("T_CL", "field" + i % 500));
        assertThat(report.unknownFields().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(100_000);
        assertThat(report.unknownFields()).hasSize(201);
        assertThat(lines.texts).hasSize(201);
    }

    private static final class SteppingClock extends Clock {
        private volatile Instant now;

        SteppingClock(Instant now) {
            this.now = now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private static final class Lines extends AbstractAppender {
        private final List<String> texts = new CopyOnWriteArrayList<>();

        Lines() {
            super("lines", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            texts.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
        }
    }
}
