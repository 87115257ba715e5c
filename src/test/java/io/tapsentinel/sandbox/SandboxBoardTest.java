package io.tapsentinel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.event.EventType;
import io.tapsentinel.testing.MovableClock;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SandboxBoardTest {

    @Test
    void numbersAreAlignedWithTheirHeads() {
        SandboxBoard board = new SandboxBoard(
                type -> 1_000 * (type.ordinal() + 1), type -> 20 + type.ordinal(), type -> 3, type -> 0);
        assertThat(board.render(TapFixture.NOON.plusMillis(999), Duration.ofSeconds(65)))
                .isEqualTo("""
                Sandbox at 2026-11-20 12:00 UTC, 1 min 5 s after the start
                Sentinel table                          rows delivered  duplicates dropped  late rows recovered  missed by a single-pass connector
                ProofPointTAPClicksPermittedV2_CL                1,000                  20                    3                                  0
                ProofPointTAPClicksBlockedV2_CL                  2,000                  21                    3                                  0
                ProofPointTAPMessagesDeliveredV2_CL              3,000                  22                    3                                  0
                ProofPointTAPMessagesBlockedV2_CL                4,000                  23                    3                                  0
                total                                           10,000                  86                   12                                  0
                """);
    }

    @Test
    void tableIsPrintedPeriodicallyAndAtTheEnd() throws IOException {
        MovableClock clock = new MovableClock(TapFixture.NOON);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        SandboxBoard board = new SandboxBoard(EventType::ordinal, type -> 0, type -> 0, type -> 0);
        PrintStream out = new PrintStream(text, false, StandardCharsets.UTF_8);
        try (Closeable printer = board.printEvery(Duration.ofMillis(5), out, clock)) {
            assertThat(printer).isNotNull();
            await("three tables").until(() -> boards(text) >= 3);
            clock.advance(Duration.ofSeconds(7));
        }
        int printed = boards(text);
        assertThat(text.toString(StandardCharsets.UTF_8)).contains("7 s after the start");
        assertThat(boards(text)).as("tables printed after the end").isEqualTo(printed);
    }

    private static int boards(ByteArrayOutputStream text) {
        return text.toString(StandardCharsets.UTF_8).split("Sandbox at ", -1).length - 1;
    }
}
