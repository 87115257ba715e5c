package io.tapsentinel;

import static io.tapsentinel.event.EventType.MESSAGES_DELIVERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.ChangingEvents;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.ScriptedTap;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.SuspendedTables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The archive keeps an answer with deferred events, but not the answers that a catch-up reads again. */
class ArchivedWhileSuspendedIT {

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    private final SuspendedTables tables = new SuspendedTables(services);
    private final Path archive = services.folder().resolve("archive");
    private final Path outbox = services.folder().resolve("outbox");

    @Test
    void anAnswerWithDeferredEventsIsArchivedAndACatchUpIsNot() throws Exception {
        try (ScriptedTap tap = new ScriptedTap(services.clock())) {
            tap.add(ChangingEvents.of(
                    "one",
                    MESSAGES_DELIVERED,
                    true,
                    SimulatedServices.START.minus(Duration.ofMinutes(30)),
                    Duration.ofDays(99),
                    ""));
            services.with("tap.url", tap.uri().toString())
                    .with("tap.archive.uri", "file:" + archive)
                    .with("tap.archive.outbox", outbox.toString());
            RunningProgram program = tables.start(MESSAGES_DELIVERED);
            assertThat(archived()).singleElement().asString().contains("\"GUID\":\"one\"");
            for (int i = 0; i < 5; i++) {
                services.clock().advance(Duration.ofMinutes(25));
                program.poll();
            }
            assertThat(archived()).as("once, however often it is read").hasSize(1);

            tables.accept(program);

            assertThat(services.reads(Purpose.CATCH_UP).stream()
                            .mapToLong(read -> read.total(LedgerCount.NEW))
                            .sum())
                    .isOne();
            assertThat(archived()).hasSize(1);
        }
    }

    private List<String> archived() throws IOException {
        await("the outbox is empty").until(() -> files(outbox).isEmpty());
        return files(archive).stream().map(ArchivedWhileSuspendedIT::text).toList();
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static String text(Path file) {
        try (GZIPInputStream text = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
