package io.tapsentinel.replay;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.rejected.FileEndpoint;
import io.tapsentinel.rejected.RejectedRoute;
import io.tapsentinel.store.PrivateFiles;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.file.GenericFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes {@code tap.replay.uri}. Moves files itself, not through Camel, because a file must stay in place if
 * the program stops. A message that is not a file is copied to the spool folder first; a failure is reported to its
 * endpoint as an exception.
 */
public class ReplayRoute extends RouteBuilder {

    private static final Logger LOG = LoggerFactory.getLogger(ReplayRoute.class);
    private static final Map<String, String> FILE_OPTIONS = Map.ofEntries(
            Map.entry("noop", "true"),
            Map.entry("idempotent", "false"),
            Map.entry("antInclude", ReplaySource.NAMES),
            Map.entry("antFilterCaseSensitive", "false"),
            Map.entry("sortBy", "file:name"),
            Map.entry("initialDelay", "1000"),
            Map.entry("delay", "5000"),
            Map.entry("maxMessagesPerPoll", "100"),
            // wait for files that are still being written, without a marker file
            Map.entry("readLock", "changed"),
            Map.entry("readLockMinAge", "2000"),
            // accept empty files, which are then refused like other invalid ones
            Map.entry("readLockMinLength", "0"),
            Map.entry("readLockCheckInterval", "500"),
            Map.entry("readLockMarkerFile", "false"),
            Map.entry("readLockLoggingLevel", "DEBUG"));

    private static final Duration WAIT = Duration.ofMinutes(5);

    private final String uri;
    private final Path spool;
    private final Replay replay;
    private final ReplayFolder folder;
    private final Clock clock;
    private final FatalErrors fatal;
    /** Files that could not be moved away; they are not replayed again. */
    private final Set<String> stuck = ConcurrentHashMap.newKeySet();
    /** Files with deferred events, and when each is replayed again. */
    private final Map<String, Instant> waiting = new ConcurrentHashMap<>();

    /**
     * @param spool folder for bodies that are not files
     * @param fatal receives an Error of a replay after the document was moved away, so the next start does not replay
     *              it again
     */
    public ReplayRoute(String uri, Path spool, Replay replay, Clock clock, FatalErrors fatal) {
        this.uri = uri;
        this.spool = spool;
        this.replay = replay;
        this.clock = clock;
        this.fatal = fatal;
        this.folder = new ReplayFolder(clock);
    }

    @Override
    public void configure() throws Exception {
        errorHandler(noErrorHandler());
        RejectedRoute.prepare("tap.replay.uri", uri);
        from(FileEndpoint.withDefaults(uri, FILE_OPTIONS))
                .routeId("tap-replay")
                .streamCache(false)
                .process(this::replay);
    }

    private void replay(Exchange exchange) throws IOException {
        if (exchange.getMessage().getBody() instanceof GenericFile<?> found && found.getFile() instanceof File file) {
            file(exchange, file.toPath());
            return;
        }
        // SpoolFolder deletes files of this name that a killed process left
        Path copy = Files.createTempFile(PrivateFiles.folder(spool), "cos-replay-", ".json");
        try (InputStream body = exchange.getMessage().getMandatoryBody(InputStream.class)) {
            // writes into the file that only the owner can read
            try (OutputStream out = Files.newOutputStream(copy)) {
                body.transferTo(out);
            }
            if (!replay.replay(new ReplaySource(copy, "a message"), exchange.getContext())) {
                throw new ReplayRefusedException("the program stopped before the replay; send the document again");
            }
        } catch (InvalidPayloadException e) {
            throw new ReplayRefusedException("the message from tap.replay.uri has no document in its body");
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private void file(Exchange exchange, Path file) {
        String name = file.getFileName().toString().replaceAll("[^A-Za-z0-9_.-]", "_");
        String version = file + " " + file.toFile().lastModified();
        if (stuck.contains(version) || clock.instant().isBefore(waiting.getOrDefault(version, Instant.MIN))) {
            return;
        }
        try {
            if (replay.replay(new ReplaySource(file, name), exchange.getContext())) {
                move(name, version, () -> folder.done(file));
            }
        } catch (ReplayDeferredException deferred) {
            waiting.put(version, clock.instant().plus(WAIT));
            LOG.warn(
                    "replay of {} incomplete, retrying in {}: {}",
                    name,
                    HumanText.duration(WAIT),
                    deferred.getMessage());
        } catch (ReplayRefusedException refused) {
            LOG.warn("replay of {} failed, moving it to failed/: {}", name, refused.getMessage());
            move(name, version, () -> folder.failed(file, refused.getMessage()));
            fatal.handleIn(refused);
        } catch (RuntimeException | Error e) {
            LOG.error("replay of {} failed, moving it to failed/: {}", name, SafeMessage.of(e));
            move(name, version, () -> folder.failed(file, SafeMessage.of(e)));
            fatal.handleIn(e);
        }
    }

    /** Moves a file. */
    @FunctionalInterface
    private interface Move {
        void run() throws IOException;
    }

    private void move(String name, String version, Move move) {
        try {
            move.run();
        } catch (IOException | UncheckedIOException e) {
            stuck.add(version);
            LOG.error(
                    "tap.replay.uri: cannot move {} ({}); it is ignored until the next start, remove it",
                    name,
                    SafeMessage.of(e));
        }
    }
}
