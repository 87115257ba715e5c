package io.tapsentinel.packaged;

import io.tapsentinel.tap.EventType;
import io.tapsentinel.testing.DeliveryLog;
import io.tapsentinel.testing.DeliveryLog.Row;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedServices;
import java.io.IOException;
import java.util.List;

/**
 * One kind of fault at the first upload, at a middle one and at the last, the one that completes the first window, each once,
 * and at three uploads of one table in a row.
 */
final class SinkPlan {

    private static final int IN_A_ROW = 3;
    private static final int ROW_AT = 3;
    private static final int MIDDLE = 8;

    private final SinkFault fault;
    private final ScriptedServices stage;
    private int first = 1;
    private int row = IN_A_ROW;
    private EventType rowTable;
    private int middle = 1;
    private int last = 1;
    private int answered;
    private int expected = Integer.MAX_VALUE;
    private int met;

    SinkPlan(SinkFault fault, ScriptedServices stage) {
        this.fault = fault;
        this.stage = stage;
    }

    /** Lets TAP answer, and learns how many events the first window has. */
    synchronized void onRead(ScriptedRequest request) throws IOException, InterruptedException {
        if (expected == Integer.MAX_VALUE) {
            expected = stage.eventsAskedFor(request);
        }
        request.send(request.forward());
    }

    void onUpload(ScriptedRequest upload) throws IOException, InterruptedException {
        if (meets(upload)) {
            fault.on(upload, stage);
        } else {
            stage.store(upload);
        }
    }

    private synchronized boolean meets(ScriptedRequest upload) throws IOException {
        List<Row> rows = DeliveryLog.rows(upload);
        boolean completes = stage.deliveries().distinct()
                        + rows.stream()
                                .filter(record -> !stage.deliveries().has(record))
                                .count()
                >= expected;
        if (answered >= ROW_AT && rowTable == null) {
            rowTable = DeliveryLog.type(upload);
        }
        boolean meets = answered == 0 && first-- > 0
                || DeliveryLog.type(upload) == rowTable && row-- > 0
                || answered >= MIDDLE && middle-- > 0
                || completes && last-- > 0;
        if (meets) {
            met++;
        } else {
            answered++;
        }
        return meets;
    }

    /** How many uploads met the fault. */
    synchronized int met() {
        return met;
    }

    /** Whether every fault was met and all of the first window has landed since. */
    synchronized boolean isOver() {
        return met >= IN_A_ROW + 3 && stage.deliveries().distinct() >= expected;
    }
}
