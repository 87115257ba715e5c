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
 * Writes each rejected record to {@code tap.rejected.uri}, whatever endpoint that is, and returns when it has taken it. A
 * folder is held under its bound: what does not fit is not stored, so that its window fails and nothing is lost. Thread-safe.
 */
public class RejectedStore implements RejectedLog {

    /** Reasons of records that are missing in their table. */
    private static final Set<Reason> MISSING = EnumSet.of(Reason.REFUSED, Reason.TOO_LARGE, Reason.UNREADABLE);

    /** As Camel calls what it spools, so that a start clears both. */
    private static final String SPOOLED = "cos";

    private final RejectedSettings settings;
    private final Path spool;
    private final Supplier<CamelContext> context;
    private final Path folder;
    private volatile String failure;
    private volatile Instant last;
    private ProducerTemplate template;
    /** At least what the folder holds; counted anew before anything is refused for it. */
    private long bytes = Long.MAX_VALUE;

    /**
     * @param spool   where an answer is copied on its way
     * @param context asked at the first record, by when it runs
     */
    public RejectedStore(RejectedSettings settings, Path spool, Supplier<CamelContext> context) {
        this.settings = settings;
        this.spool = spool;
        this.context = context;
        this.folder = FileEndpoint.folder(settings.uri()).orElse(null);
    }

    /** @throws RejectedException when the endpoint does not take it or the folder is full */
    @Override
    public void store(RejectedRecord record) {
        byte[] document = RejectedDocument.bytes(record);
        put(RejectedDocument.name(record), document, document.length, record);
        if (MISSING.contains(record.reason())) {
            last = record.time();
        }
    }

    /** Why a record could not be stored last; empty when one has been stored since. */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** When a record was stored last that its table cannot take; empty before the first since the start. */
    public Optional<Instant> last() {
        return Optional.ofNullable(last);
    }

    /** Stores an answer as TAP sent it, in pieces. @throws RejectedException as {@link #store} */
    public void storeAnswer(String name, StreamCache answer) {
        Path file = null;
        try {
            // an endpoint knows how to send a file of any length; a stream it may hold as a whole
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

    /** Removes an answer that was read after all; one that is in no folder stays. Returns whether it lay there. */
    public boolean removeAnswer(String name) {
        return delete(folder == null ? null : folder.resolve(name));
    }

    private static boolean delete(Path file) {
        try {
            return file != null && Files.deleteIfExists(file);
        } catch (IOException e) {
            // the next start clears the spool folder, retention the other one
            return false;
        }
    }

    private void put(String name, Object document, long length, Object what) {
        try {
            reserve(length);
            Throwable refusal = send(name, document);
            if (refusal != null) {
                // an endpoint's own words may quote the body, or the secret in its URI
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
        // counting is as dear as the folder is full, hence not for every record
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
