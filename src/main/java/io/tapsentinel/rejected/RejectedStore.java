package io.tapsentinel.rejected;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.sentinel.azure.BlobFailure;
import io.tapsentinel.sentinel.batch.RejectedLog;
import io.tapsentinel.sentinel.batch.RejectedRecord;
import io.tapsentinel.sentinel.batch.RejectedRecord.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.StreamCache;

/**
 * Stores each rejected record at {@code tap.rejected.uri} and returns when the endpoint has taken it. If a folder has
 * no room, the record is not stored: its window fails and nothing is lost. Thread-safe.
 */
public class RejectedStore implements RejectedLog {

    /** Reasons of records that are not in their table. */
    private static final Set<Reason> MISSING = EnumSet.of(Reason.REFUSED, Reason.TOO_LARGE, Reason.UNREADABLE);

    /** Camel's prefix of spool files, so that a start removes both. */
    private static final String SPOOLED = "cos";

    private final RejectedSettings settings;
    private final Path spool;
    private final Supplier<CamelContext> context;
    private final Path folder;
    private volatile String failure;
    private volatile Instant last;
    private ProducerTemplate template;
    /** Upper bound of the folder's size; recounted before a record is refused for it. */
    private long bytes = Long.MAX_VALUE;

    /**
     * @param spool   folder for a copy of an answer while it is stored
     * @param context used from the first record on, when it runs
     */
    public RejectedStore(RejectedSettings settings, Path spool, Supplier<CamelContext> context) {
        this.settings = settings;
        this.spool = spool;
        this.context = context;
        this.folder = FileEndpoint.folder(settings.uri()).orElse(null);
    }

    /** @throws RejectedException if the endpoint does not take it or the folder is full */
    @Override
    public void store(RejectedRecord record) {
        byte[] document = RejectedDocument.bytes(record);
        put(RejectedDocument.name(record), document, document.length, record);
        if (MISSING.contains(record.reason())) {
            last = record.time();
        }
    }

    /** Why the last record could not be stored; empty if it was stored. */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** When the last record was stored that is not in its table; empty if there was none since the start. */
    public Optional<Instant> last() {
        return Optional.ofNullable(last);
    }

    /** Stores an answer as TAP sent it, without holding it in memory. @throws RejectedException as {@link #store} */
    public void storeAnswer(String name, StreamCache answer) {
        Path file = null;
        try {
            // endpoints stream a file of any length, but may load a stream into memory
            file = Files.createTempFile(spool, SPOOLED, null);
            try (OutputStream out = Files.newOutputStream(file)) {
                answer.writeTo(out);
            }
            answer.reset();
            put(name, file.toFile(), Files.size(file), "an unreadable answer");
        } catch (IOException e) {
            failure = "cannot copy an unreadable answer to tap.spool: " + SafeMessage.of(e)
                    + "; its window is retried until that works";
            throw new RejectedException(failure);
        } finally {
            delete(file);
        }
    }

    /** Removes an answer that was readable later; only from a folder. Returns whether it was there. */
    public boolean removeAnswer(String name) {
        return delete(folder == null ? null : folder.resolve(name));
    }

    private static boolean delete(Path file) {
        try {
            return file != null && Files.deleteIfExists(file);
        } catch (IOException e) {
            // the next start cleans the spool folder, retention the other folder
            return false;
        }
    }

    private void put(String name, Object document, long length, Object what) {
        try {
            reserve(length);
            Throwable refusal = send(name, document);
            if (refusal != null) {
                // the endpoint's own message may quote the body, or a secret in its URI
                throw new RejectedException("cannot store " + what + " at tap.rejected.uri: " + BlobFailure.of(refusal)
                        + "; its window is retried until that works");
            }
            failure = null;
        } catch (RejectedException e) {
            failure = e.getMessage();
            throw e;
        }
    }

    private Throwable send(String name, Object document) {
        try {
            template().sendBodyAndHeader(RejectedRoute.STORE, document, Exchange.FILE_NAME, name);
            return null;
        } catch (CamelExecutionException e) {
            return e.getCause() == null ? e : e.getCause();
        } catch (RuntimeException e) {
            return e;
        }
    }

    private synchronized ProducerTemplate template() {
        if (template == null) {
            template = context.get().createProducerTemplate();
        }
        return template;
    }

    private synchronized void reserve(long length) {
        long more = length + FolderSize.BLOCK;
        if (folder == null) {
            return;
        }
        // counting a full folder is expensive, so it is not done for every record
        if (bytes > settings.maxBytes() - more) {
            bytes = FolderSize.of(folder).onDisk();
        }
        if (bytes > settings.maxBytes() - more) {
            throw new RejectedException("tap.rejected.uri is full: " + folder + " holds " + HumanText.bytes(bytes)
                    + ", tap.rejected.max-megabytes is " + settings.maxBytes() / 1_000_000
                    + ". Move records to tap.replay.uri or remove them; the window is retried until there is room");
        }
        bytes += more;
    }
}
