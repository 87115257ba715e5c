package io.tapsentinel.app;

import io.tapsentinel.replay.Replay;
import io.tapsentinel.replay.ReplayRoute;
import io.tapsentinel.replay.Retention;
import io.tapsentinel.sentinel.azure.BlobClients;
import io.tapsentinel.sentinel.azure.OwnBlobClients;

/** Replay, retention and blob storage. */
final class ReplayPart {

    private ReplayPart() {}

    static void add(RunContext run, StorePart store, TapPart tap, ReadingPart reading) {
        Settings settings = run.settings();
        run.main()
                .bind(
                        "azure-storage-blob-clients",
                        new OwnBlobClients(new BlobClients(
                                settings.blobEndpoint(), settings.cloud(), run.network(), System.getenv())));
        Replay replay = new Replay(
                store.state, store.seen, reading.unrouted, reading.source, run.stop(), run.clock(), reading.listener);
        run.addRoutes(new ReplayRoute(settings.replay().uri(), settings.spool(), replay, run.clock(), run.fatal()));
        run.addRoutes(new Retention(settings.rejected(), settings.replay(), run.clock(), tap.condition::isTimeKnown));
    }
}
