package io.tapsentinel.monitoring.table;

import io.tapsentinel.event.LastError;
import io.tapsentinel.sentinel.schema.MappingReport;
import io.tapsentinel.sentinel.schema.RecordMapper;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.DeliveredCounts;
import io.tapsentinel.store.ledger.StoreFigures;
import io.tapsentinel.tap.plan.Progress;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Builds rows of {@link TableSchema#HEALTH}. Throws if a row does not fit the schema, which would be a bug. */
final class HealthRows {

    private static final MappingReport DEFECT = new MappingReport() {
        @Override
        public void unknownField(String table, String field) {
            throw new IllegalStateException(table + " has no column " + field);
        }

        @Override
        public void lossyValue(String table, String column) {
            throw new IllegalStateException(table + " has a column " + column + " of another type");
        }
    };

    private final String source;
    private final String version;
    private final RecordMapper mapper = new RecordMapper(TableSchema.health(), DEFECT);

    HealthRows(String source, String version) {
        this.source = source;
        this.version = version;
    }

    /**
     * The program's state at one moment.
     *
     * @param rejected   rejected records since the start
     * @param budgetLeft requests to TAP left in 24 hours
     * @param error      last error since the start
     */
    byte[] heartbeat(StoreFigures seen, long rejected, long budgetLeft, Optional<LastError.Noted> error) {
        Map<String, Object> row = row("heartbeat");
        row.put("progress", seen.progress().map(Progress::readTo).orElse(null));
        row.put("lagSeconds", seen.lag().toSeconds());
        row.put("backlogSeconds", seen.owed().toSeconds());
        row.put("gaps", seen.gaps().size());
        row.put("rejected", rejected);
        row.put("budgetLeft", budgetLeft);
        row.put("lastErrorCode", error.map(LastError.Noted::code).orElse(null));
        row.put("lastErrorTime", error.map(LastError.Noted::at).orElse(null));
        return mapper.map(row, seen.at()).json();
    }

    /** The figures of one closed hour of one table. */
    byte[] hour(DeliveredCounts.Hour hour, Instant at) {
        Map<String, Object> row = row("hour");
        row.put("hour", hour.hour());
        row.put("eventTable", hour.type().table());
        row.put("delivered", hour.delivered());
        row.put("swept", hour.swept().map(swept -> swept.keys().theirs()).orElse(null));
        row.put("sweptAt", hour.swept().map(Completeness.Hour::sweptAt).orElse(null));
        row.put("missing", hour.swept().map(Completeness.Hour::missing).orElse(null));
        return mapper.map(row, at).json();
    }

    private Map<String, Object> row(String kind) {
        Map<String, Object> row = new HashMap<>();
        row.put("kind", kind);
        row.put("source", source);
        row.put("version", version);
        return row;
    }
}
