package io.tapsentinel.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.rejected.RejectedSettings;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.MovableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final String RECORD = "messagesBlocked-00112233445566778899aabbccddeeff-refused.json";

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock(NOW);
    private boolean timeIsKnown = true;
    private Retention retention;

    @BeforeEach
    void settings() throws IOException {
        Files.createDirectories(folder.resolve("rejected"));
        Files.createDirectories(folder.resolve("replay/done"));
        Files.createDirectories(folder.resolve("replay/failed"));
        retention = new Retention(
                new RejectedSettings(
                        "file:" + folder.resolve("rejected") + "?charset=utf-8", Duration.ofDays(30), 1_000),
                new ReplaySettings("file:" + folder.resolve("replay"), Duration.ofDays(7)),
                clock,
                () -> timeIsKnown);
    }

    @Test
    void unreadableAnswerIsRemovedLikeARecord() throws IOException {
        String name = "answer-20261001T101015Z-20261001T101045Z-unreadable.json";
        Path old = file("rejected/" + name, Duration.ofDays(31), 10);
        Path young = file("rejected/" + name.replace("1001", "1120"), Duration.ofDays(1), 10);

        retention.run();

        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void expiredRejectedRecordsAreRemovedAndLogged() throws IOException {
        Path old = file("rejected/" + RECORD, Duration.ofDays(31), 10);
        Path young = file("rejected/" + RECORD.replace("00", "aa"), Duration.ofDays(29), 10);

        try (LogLines log = LogLines.open()) {
            retention.run();
            assertThat(log.lines())
                    .anyMatch(line ->
                            line.startsWith("WARN") && line.contains("1 document") && line.contains("not replayed"))
                    .anyMatch(line -> line.startsWith("INFO")
                            && line.contains("removed 1 file (10 bytes), 1 file (10 bytes) left"));
        }
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void foreignFilesStayAndLinksAreNotFollowed() throws IOException {
        Path mine = file("rejected/notes.json", Duration.ofDays(90), 10);
        Path deep = file("rejected/sub/" + RECORD, Duration.ofDays(90), 10);
        Path target = file("elsewhere/" + RECORD, Duration.ofDays(90), 10);
        Path link = Files.createSymbolicLink(folder.resolve("rejected").resolve(RECORD), target);

        retention.run();

        assertThat(mine).exists();
        assertThat(deep).exists();
        assertThat(target).exists();
        assertThat(Files.isSymbolicLink(link)).isTrue();
    }

    @Test
    void linkInPlaceOfDoneIsNotFollowed() throws IOException {
        Path target = file("elsewhere/20261101T000000000Z-a.json", Duration.ofDays(90), 10);
        Files.delete(folder.resolve("replay/done"));
        Files.createSymbolicLink(folder.resolve("replay/done"), target.getParent());

        retention.run();

        assertThat(target).exists();
    }

    @Test
    void doneAndFailedHaveTheirOwnRetention() throws IOException {
        Path done = file("replay/done/20261101T000000000Z-a.json", Duration.ofDays(8), 10);
        Path failed = file("replay/failed/20261101T000000000Z-a.json", Duration.ofDays(8), 10);
        Path lost = file("replay/failed/20261001T000000000Z-b.json", Duration.ofDays(31), 10);
        Path reason = file("replay/failed/20261001T000000000Z-b.json.reason.txt", Duration.ofDays(31), 10);
        Path waiting = file("replay/c.json", Duration.ofDays(90), 10);

        try (LogLines log = LogLines.open()) {
            retention.run();
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("WARN"))
                    .singleElement()
                    .asString()
                    .contains("1 document");
        }
        assertThat(done).doesNotExist();
        assertThat(failed).exists();
        assertThat(lost).doesNotExist();
        assertThat(reason).doesNotExist();
        assertThat(waiting).exists();
    }

    @Test
    void oldestFilesInDoneAreRemovedAboveTheLimit() throws IOException {
        Path oldest = file("replay/done/20261118T000000000Z-a.json", Duration.ofDays(2), 500);
        Path older = file("replay/done/20261119T000000000Z-a.json", Duration.ofDays(1), 500);
        Path young = file("replay/done/20261120T000000000Z-a.json", Duration.ofHours(1), 500);

        retention.run();

        assertThat(oldest).doesNotExist();
        assertThat(older).exists();
        assertThat(young).exists();
    }

    @Test
    void endpointsOtherThanFoldersAreIgnored() {
        new Retention(
                        new RejectedSettings("direct:a", Duration.ofDays(1), 1),
                        new ReplaySettings("direct:b", Duration.ofDays(1)),
                        clock,
                        () -> timeIsKnown)
                .run();
    }

    private Path file(String name, Duration age, int bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[bytes]);
        return Files.setLastModifiedTime(file, FileTime.from(NOW.minus(age)));
    }
}
