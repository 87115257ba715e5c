package io.tapsentinel.app;

import io.tapsentinel.event.EventType;
import io.tapsentinel.monitoring.health.SentinelHealthCheck;
import io.tapsentinel.monitoring.health.StreamCheck;
import io.tapsentinel.monitoring.metrics.DeliveryMetrics;
import io.tapsentinel.rejected.RejectedStore;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.schema.FieldReport;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.upload.IngestionClients;
import io.tapsentinel.sentinel.upload.IngestionUploader;
import io.tapsentinel.sentinel.upload.Uploader;
import java.util.stream.Stream;

/** The {@code sentinel} component: uploads, logs, metrics and health. */
final class SentinelPart {

    private SentinelPart() {}

    static void bind(RunContext run, StorePart store, RejectedStore rejected) {
        Settings settings = run.settings();
        SentinelComponent sentinel = run.sentinel();
        sentinel.onFatalError(run.fatal());
        sentinel.setUploader(run.parts().uploader(run, uploader(run)));
        sentinel.setRejectedLog(rejected);
        sentinel.setDeliveryLog(store.seen);
        sentinel.setSuspensionLog(store.suspensions);
        sentinel.setAdditionalFields(settings.additionalFields());
        sentinel.setMappingReport(new FieldReport(run.clock(), settings.additionalFields(), run.registry()));
        sentinel.deliveryStatus().addListeners(table -> new DeliveryMetrics(run.registry(), table, run.clock()));
        DeliveryMetrics.ofSink(run.registry(), sentinel, run.clock().instant());
        run.main().bind("sentinel", sentinel);
        run.main().bind("sentinel-health", new SentinelHealthCheck(sentinel, store.figures::tables, run.clock()));
        for (EventType type : EventType.values()) {
            run.main().bind(type.repository(), run.parts().repository(type, store.seen));
        }
    }

    static StreamCheck check(RunContext run) {
        return new StreamCheck(
                run.sentinel(),
                Stream.of(EventType.values())
                        .map(type -> TableSchema.of(type.table()))
                        .toList(),
                run.stop()::pause);
    }

    private static Uploader uploader(RunContext run) {
        Settings settings = run.settings();
        IngestionClients clients =
                new IngestionClients(settings.ingestion().toString(), settings.cloud(), run.network(), System.getenv());
        return new IngestionUploader(
                settings.ingestion(), settings.authenticate() ? clients::azure : clients::anonymous, settings.ruleId());
    }
}
