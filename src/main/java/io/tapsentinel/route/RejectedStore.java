package io.tapsentinel.route;

import io.tapsentinel.config.Settings;
import io.tapsentinel.sentinel.RejectedLog;
import io.tapsentinel.sentinel.RejectedRecord;
import io.tapsentinel.sentinel.RejectedRecord.Reason;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/**
 * Writes each rejected record to {@code tap.rejected.uri}, whatever endpoint that is, and returns when it has taken it. A
 * folder is held under its bound: what does not fit is not stored, so that its window fails and nothing is lost. Thread-safe.
 */
public class RejectedStore implements RejectedLog {

    private final Settings.Aside settings;
    private final Supplier<CamelContext> context;
    private final Path folder;
    private volatile String failure;
    private volatile Instant last;
    private ProducerTemplate template;
    /** At least what the folder holds; counted anew before anything is refused for it. */
    private long bytes = Long.MAX_VALUE;

    /** @param context asked at the first record, by when it runs */
    public RejectedStore(Settings.Aside settings, Supplier<CamelContext> context) {
        this.settings = settings;
        this.context = context;
        this.folder = FileEndpoint.folder(settings.rejectedUri()).orElse(null);
    }

    /** @throws RejectedException when the endpoint does not take it or the folder is full */
    @Override
    public void store(RejectedRecord record) {
        try {
            put(record);
            failure = null;
            if (record.reason() == Reason.REFUSED || record.reason() == Reason.TOO_LARGE) {
                last = record.time();
            }
        } catch (RejectedException e) {
            failure = e.getMessage();
            throw e;
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

    private void put(RejectedRecord record) {
        byte[] document = RejectedDocument.bytes(record);
        reserve(document.length);
        Throwable failure = send(RejectedDocument.name(record), document);
        if (failure != null) {
            // an endpoint's own words may quote the body, or the secret in its URI
            throw new RejectedException("tap.rejected.uri does not take " + record + ": "
                    + failure.getClass().getSimpleName() + "; the window stays due until it does");
        }
    }

    private Throwable send(String name, byte[] document) {
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

    private synchronized void reserve(long more) {
        if (folder == null) {
            return;
        }
        // counting is as dear as the folder is full, hence not for every record
        if (bytes > settings.rejectedMaxBytes() - more) {
            bytes = FolderSize.of(folder).bytes();
        }
        if (bytes > settings.rejectedMaxBytes() - more) {
            throw new RejectedException(
                    "tap.rejected.uri: " + folder + " holds " + bytes / 1_000_000 + " MB, which leaves no room under"
                            + " tap.rejected.max-megabytes (" + settings.rejectedMaxBytes() / 1_000_000
                            + "); move records to tap.replay.uri"
                            + " or remove them, the window stays due meanwhile");
        }
        bytes += more;
    }
}
