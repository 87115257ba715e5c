package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.tap.api.AnswerLimits;
import io.tapsentinel.testing.Gzip;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedServer;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.TmpfsMount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that sends more than the program accepts. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AnswerLimitsIT {

    private static final int MEGABYTE = 1_000_000;
    private static final String TOO_LARGE = "TAP's answer is too large: more than 1 MB (tap.max-answer-megabytes)";
    /** What fits into the buffers in between, plus what a client reads before it stops. */
    private static final long BUFFERED = 20L * MEGABYTE;

    @AutoClose
    private final SimulatedServices services = new SimulatedServices().with("tap.max-answer-megabytes", "1");

    @AutoClose
    private ScriptedServer tap;

    private final AtomicLong sent = new AtomicLong();

    @RegisterExtension
    final LogLines log = new LogLines();

    @BeforeEach
    void standBeforeTap() throws IOException {
        tap = new ScriptedServer(services.tapProxy().uri());
        services.with("tap.url", tap.uri().toString());
    }

    private enum Endless {
        PLAIN("", "{\"messagesDelivered\":[".getBytes(StandardCharsets.UTF_8), blank(100_000)),
        UNPACKS_TO_MUCH("Content-Encoding: gzip\r\n", new byte[0], Gzip.of(blank(10 * MEGABYTE))),
        UNPACKS_TO_NOTHING("Content-Encoding: gzip\r\n", new byte[0], Gzip.of(new byte[0]));

        private final String header;
        private final byte[] beginning;
        private final byte[] again;

        Endless(String header, byte[] beginning, byte[] again) {
            this.header = header;
            this.beginning = beginning;
            this.again = again;
        }
    }

    /** Whether the client takes the end of one gzip part for the end of the answer depends on timing. */
    @Test
    void answerOfEndlessEmptyGzipPartsFails() throws Exception {
        services.with("tap.retry.pauses", "none");
        tap.next(call -> endless(call, 200, Endless.UNPACKS_TO_NOTHING));

        services.start().poll().poll();

        services.assertEverythingLandedOnce();
        assertThat(log.lines("UTC failed, ")).hasSize(1);
        assertThat(sent).hasValueLessThan(BUFFERED);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNPACKS_TO_NOTHING")
    void endlessAnswerFailsAndItsTimeIsReadInShorterWindows(Endless answer) throws Exception {
        tap.next(call -> endless(call, 200, answer));

        services.start().poll();

        services.assertEverythingLandedOnce();
        assertThat(log.line("UTC failed, ")).contains("will retry in windows of 30 min", TOO_LARGE);
        assertThat(services.reads())
                .hasSize(2)
                .allMatch(read -> read.window().length().toMinutes() == 30);
        assertThat(sent).hasValueLessThan(BUFFERED);
        assertThat(services.folder().resolve("state/spool"))
                .satisfiesAnyOf(
                        folder -> assertThat(folder).doesNotExist(),
                        folder -> assertThat(folder).isEmptyDirectory());
    }

    @ParameterizedTest
    @EnumSource
    void endlessRefusalCountsByItsStatus(Endless body) throws Exception {
        services.with("tap.retry.pauses", "none");
        tap.next(call -> endless(call, 500, body));

        RunningProgram program = services.start().poll();

        assertThat(log.line("UTC failed, ")).contains("TAP answered 500");
        assertThat(sent).hasValueLessThan(BUFFERED);
        program.poll();
        services.assertEverythingLandedOnce();
    }

    @ParameterizedTest
    @ValueSource(ints = {AnswerLimits.REFUSAL - 1, AnswerLimits.REFUSAL, AnswerLimits.REFUSAL + 1})
    void longRefusalIsReadByItsFirstWords(int length) throws Exception {
        String words = "The requested interval is too far into the past. ";
        tap.next(call -> call.send(400, words + "x".repeat(length - words.length())));

        services.start().poll();

        assertThat(log.lines()).anyMatch(line -> line.contains("TAP answered 400: " + words.strip()));
    }

    @Test
    void truncatedRefusalCountsByItsStatus() throws Exception {
        services.with("tap.retry.pauses", "none");
        tap.next(call -> call.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 100\r\n\r\nbad"));

        services.start().poll();

        assertThat(log.lines()).anyMatch(line -> line.contains("TAP answered 401: bad"));
    }

    @Test
    void minuteWithATooLargeAnswerLosesThirtySecondsOnly() throws Exception {
        Instant at = SimulatedServices.ORIGIN.plus(Duration.ofMinutes(17));
        services.with("tap.retry.pauses", "PT0S,PT0S,PT0S");
        services.tapProxy().rewrite((query, body) -> isAskedFor(at, query) ? padded(body, MEGABYTE + 1) : body);
        services.with("tap.url", services.tapProxy().uri().toString());
        RunningProgram program = services.start();

        await().atMost(Duration.ofMinutes(1)).until(() -> {
            program.pollWithTimeLeft();
            services.clock().advance(Duration.ofMinutes(5));
            return !services.store().gaps().isEmpty();
        });

        assertThat(services.store().gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.length()).isLessThanOrEqualTo(Duration.ofSeconds(30));
            assertThat(gap.from()).isBeforeOrEqualTo(at);
            assertThat(gap.to()).isAfterOrEqualTo(at);
        });
        assertThat(services.store()
                        .number("SELECT count(*) FROM gap WHERE reason LIKE 'TAP''s answer cannot be read (2"
                                + " attempts): too large: more than 1 MB (tap.max-answer-megabytes)'"))
                .isOne();
        assertThat(log.line("ERROR"))
                .contains("Look up this time in the TAP dashboard")
                .doesNotContain("tap.rejected.uri");
        assertThat(services.store().backlog()).isEmpty();
    }

    @Test
    void fullDiskIsReportedAndEverythingLandsOnceThereIsRoom() throws Exception {
        services.with("tap.max-answer-megabytes", "10");
        services.tapProxy().rewrite((query, body) -> padded(body, 5 * MEGABYTE));
        services.with("tap.url", services.tapProxy().uri().toString());
        try (TmpfsMount spool = TmpfsMount.at(services.folder().resolve("spool"), "2m")) {
            services.with("tap.spool", services.folder().resolve("spool").toString());
            RunningProgram program = services.start().poll();

            assertThat(log.lines("UTC failed, "))
                    .isNotEmpty()
                    .allMatch(line -> line.contains("disk full: make room for tap.spool"));
            assertThat(services.reads()).isEmpty();

            spool.change("size=50m");
            program.poll();
            services.assertEverythingLandedOnce();
        }
    }

    private static boolean isAskedFor(Instant at, String query) {
        Matcher interval = Pattern.compile("interval=([^/&]+)/([^&]+)").matcher(query);
        return interval.find()
                && !at.isBefore(Instant.parse(interval.group(1)))
                && !at.isAfter(Instant.parse(interval.group(2)));
    }

    private static byte[] padded(byte[] body, int length) {
        byte[] document = body.length == 0 ? "{\"messagesBlocked\":[]}".getBytes(StandardCharsets.UTF_8) : body;
        byte[] padded = Arrays.copyOf(document, length);
        Arrays.fill(padded, document.length, length, (byte) ' ');
        return padded;
    }

    /** Sends at most twice what the client must not read. */
    private void endless(ScriptedRequest call, int status, Endless answer) throws IOException {
        call.write("HTTP/1.1 " + status + " X\r\n" + answer.header + "Transfer-Encoding: chunked\r\n\r\n");
        chunk(call, answer.beginning);
        while (sent.get() < 2 * BUFFERED) {
            chunk(call, answer.again);
        }
    }

    private void chunk(ScriptedRequest call, byte[] bytes) throws IOException {
        if (bytes.length > 0) {
            call.write(Integer.toHexString(bytes.length) + "\r\n");
            call.write(bytes);
            call.write("\r\n");
            sent.addAndGet(bytes.length);
        }
    }

    private static byte[] blank(int length) {
        byte[] blank = new byte[length];
        Arrays.fill(blank, (byte) ' ');
        return blank;
    }
}
