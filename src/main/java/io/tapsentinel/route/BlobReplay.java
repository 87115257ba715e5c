package io.tapsentinel.route;

import com.azure.core.http.rest.PagedResponse;
import com.azure.storage.blob.models.BlobItem;
import io.tapsentinel.blob.BlobFailure;
import io.tapsentinel.health.FatalErrors;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.state.ReplayedBlobs;
import io.tapsentinel.state.ReplayedBlobs.Blob;
import io.tapsentinel.state.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings in the blobs of a container, each version of each once. Nothing there is changed: what was brought in or refused is
 * remembered in the store. What could not be fetched comes again at the next look; what failed otherwise comes again after a pause.
 * Looks come one after the other; the figures may be asked for by any thread.
 */
final class BlobReplay {

    /** That identities need to list and read blobs. */
    static final String ROLE = "Storage Blob Data Reader";

    private static final Logger LOG = LoggerFactory.getLogger(BlobReplay.class);
    /** Six times the largest answer that is known. */
    private static final long MOST_BYTES = 2_000_000_000L;
    /** So many blobs in a row that cannot be fetched, and the next one cannot either. */
    private static final int MOST_FAILURES = 3;

    private final Replay replay;
    private final ReplayedBlobs replayed;
    private final StopSignal stop;
    private final BlobPauses pauses;
    private volatile String failure;
    private volatile long broughtIn;
    private volatile long refused;
    private int failures;
    private boolean complete;

    BlobReplay(Replay replay, ReplayedBlobs replayed, StopSignal stop, BlobPauses pauses) {
        this.replay = replay;
        this.replayed = replayed;
        this.stop = stop;
        this.pauses = pauses;
    }

    /** Why the last look did not come to its end, or what of it has to come again; empty when all is well. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** Blobs that were brought in since the start. */
    long broughtIn() {
        return broughtIn;
    }

    /** Blobs that were refused since the start. */
    long refused() {
        return refused;
    }

    /** One look at all of the container. */
    void look(BlobFetch container, CamelContext camel) {
        failures = 0;
        complete = true;
        try {
            for (PagedResponse<BlobItem> page : container.pages()) {
                for (Blob blob : replayed.unknown(wanted(page))) {
                    if (stop.isStopped() || failures >= MOST_FAILURES) {
                        return;
                    }
                    if (pauses.isPausing(blob)) {
                        complete = false;
                    } else {
                        bringIn(container, blob, camel);
                    }
                }
            }
            if (complete && failure != null) {
                failure = null;
                LOG.info("tap.replay.uri: the container was looked through again, nothing of it waits");
            }
        } catch (StoreException e) {
            failed(e.getMessage());
        } catch (RuntimeException e) {
            failed("the container cannot be listed: " + BlobFailure.of(e, ROLE));
        }
    }

    private List<Blob> wanted(PagedResponse<BlobItem> page) {
        List<Blob> wanted = new ArrayList<>();
        for (BlobItem item : page.getValue()) {
            if (ReplaySource.isWanted(item.getName())) {
                Blob blob = new Blob(item.getName(), item.getProperties().getETag());
                if (item.getProperties().getContentLength() <= MOST_BYTES) {
                    wanted.add(blob);
                } else if (!replayed.unknown(List.of(blob)).isEmpty()) {
                    refuse(blob, "it has more than " + MOST_BYTES + " bytes, which is no answer of TAP");
                }
            }
        }
        return wanted;
    }

    private void bringIn(BlobFetch container, Blob blob, CamelContext camel) {
        Path copy = null;
        try {
            copy = container.fetch(blob);
            if (replay.bringIn(new ReplaySource(copy, safe(blob)), camel)) {
                replayed.add(blob);
                pauses.forget(blob);
                broughtIn++;
                failures = 0;
            }
        } catch (ReplayDeferredException e) {
            // says nothing of the next one, which may have no event of that table
            failures = 0;
            pause(blob, e.getMessage());
        } catch (ReplayFailedException | StoreException e) {
            if (FatalErrors.errorIn(e).isEmpty()) {
                later(blob, e.getMessage());
            } else {
                refuse(blob, e.getMessage());
                replay.endAfter(e);
            }
        } catch (ReplayRefusedException e) {
            refuse(blob, e.getMessage());
        } catch (Error e) {
            refuse(blob, SafeMessage.of(e));
            replay.endAfter(e);
        } catch (IOException | RuntimeException e) {
            notFetched(blob, e);
        } finally {
            remove(copy);
        }
    }

    private void notFetched(Blob blob, Exception e) {
        if (BlobFailure.isGone(e)) {
            // the next look finds what has taken its place
            return;
        }
        if (BlobFailure.isOfOneBlob(e)) {
            later(blob, BlobFailure.of(e, ROLE));
            return;
        }
        failures++;
        complete = false;
        failed(safe(blob) + " cannot be fetched: " + BlobFailure.of(e, ROLE));
    }

    private void later(Blob blob, String why) {
        failures++;
        pause(blob, why);
    }

    private void pause(Blob blob, String why) {
        complete = false;
        failure = safe(blob) + " was not brought in: " + why;
        LOG.warn(
                "replay of {} failed, it is tried again in {} at the earliest: {}",
                safe(blob),
                pauses.pause(blob),
                why);
    }

    private void refuse(Blob blob, String why) {
        LOG.warn("replay of {} refused, it is left alone until it changes: {}", safe(blob), why);
        replayed.add(blob);
        pauses.forget(blob);
        refused++;
    }

    /** Says it once. */
    private void failed(String why) {
        if (!why.equals(failure)) {
            LOG.warn("tap.replay.uri: {}; tried again at the next look", why);
        }
        failure = why;
    }

    /** Anybody may have given it its name. */
    private static String safe(Blob blob) {
        String name = blob.name().replaceAll("[^A-Za-z0-9_./-]", "_");
        return name.substring(Math.max(0, name.length() - ReplayFolder.MOST_NAME));
    }

    private static void remove(Path copy) {
        try {
            if (copy != null) {
                Files.deleteIfExists(copy);
            }
        } catch (IOException e) {
            // the next start sweeps the folder
        }
    }
}
