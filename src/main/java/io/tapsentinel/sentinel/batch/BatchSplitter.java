package io.tapsentinel.sentinel.batch;

import io.tapsentinel.sentinel.batch.RejectedRecord.Reason;
import io.tapsentinel.sentinel.upload.UploadException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives each record of a batch a final outcome: delivered, or rejected because the record itself is at fault. A refused
 * batch is halved down to single records. A single record is at fault only if the stream accepts an empty array,
 * refuses the record again and then accepts an empty array again: this rules out the deployment and a temporary fault
 * of the service. Every other failure is retried; no record is dropped.
 */
final class BatchSplitter {

    private final RetryingUploader requests;
    private final Rejections rejections;

    BatchSplitter(RetryingUploader requests, Rejections rejections) {
        this.requests = requests;
        this.rejections = rejections;
    }

    /**
     * Returns when every record has a final outcome.
     *
     * @throws UploadException after deliveryTimeoutMs
     * @throws TableSuspendedException if the table is suspended; records without an outcome are deferred, and no
     *                                 request is open
     * @throws InterruptedException if the route stops
     * @throws RuntimeException if the store or {@code tap.rejected.uri} failed; outcomes reached before stay
     */
    void deliver(List<PendingRecord> batch) throws UploadException, InterruptedException {
        requests.begin();
        List<PendingRecord> left = probe(batch);
        while (!left.isEmpty()) {
            Halving halving = new Halving();
            halving.send(left);
            UploadException hold = halving.hold != null ? halving.hold : judge(halving.suspects);
            left = left.stream()
                    .filter(record -> !record.event().getOutcome().isSettled())
                    .toList();
            if (hold != null) {
                requests.pauseUntilFixed(hold);
            }
        }
        requests.end();
    }

    /**
     * Probes a suspended table with parts of 1, 2, 4 … records while they are accepted; returns the rest. A table that
     * stores rows but answers too late would store a whole batch again at each probe; this limits the duplicates.
     */
    private List<PendingRecord> probe(List<PendingRecord> batch) throws UploadException, InterruptedException {
        List<PendingRecord> left = batch;
        for (int size = 1; requests.isProbe() && size < left.size(); size *= 2) {
            if (requests.send(left.subList(0, size)) != null) {
                break;
            }
            left = left.subList(size, left.size());
        }
        return left;
    }

    /** Rejects the suspects if they are at fault; otherwise returns the refusal that prevents a verdict. */
    private UploadException judge(List<Suspect> suspects) throws UploadException, InterruptedException {
        List<Suspect> guilty = new ArrayList<>();
        // a suspended table may accept an empty array and still refuse every record
        UploadException hold =
                suspects.isEmpty() ? null : requests.isFreshProbe() ? suspects.get(0).refusal : requests.probe();
        for (Suspect suspect : suspects) {
            UploadException again = hold == null ? requests.send(List.of(suspect.record)) : null;
            if (again != null) {
                guilty.add(new Suspect(suspect.record, again));
            }
        }
        hold = hold == null && !guilty.isEmpty() ? requests.probe() : hold;
        if (hold == null) {
            guilty.forEach(suspect -> rejections.reject(suspect.record, Reason.REFUSED, suspect.refusal));
        }
        return hold;
    }

    private record Suspect(PendingRecord record, UploadException refusal) {}

    /** One pass over a batch; ends early if the records are unlikely to be at fault. */
    private final class Halving {
        private final List<Suspect> suspects = new ArrayList<>();
        private final Map<String, Integer> byCode = new HashMap<>();
        private UploadException hold;

        void send(List<PendingRecord> records) throws UploadException, InterruptedException {
            if (hold != null) {
                return;
            }
            UploadException refusal = requests.send(records);
            if (refusal != null && records.size() > 1) {
                send(records.subList(0, records.size() / 2));
                send(records.subList(records.size() / 2, records.size()));
            } else if (refusal != null) {
                suspect(records.get(0), refusal);
            }
        }

        private void suspect(PendingRecord record, UploadException refusal)
                throws UploadException, InterruptedException {
            if (suspects.isEmpty()) {
                hold = requests.probe();
            }
            suspects.add(new Suspect(record, refusal));
            int alike = byCode.merge(Rejections.code(refusal), 1, Integer::sum);
            if (rejections.wouldBeTooMany(record.window(), refusal, alike)) {
                hold = new UploadException(
                        refusal.status(),
                        alike + " or more records of one window got the same refusal, so the rule, stream or"
                                + " table must be wrong and no record is rejected: "
                                + refusal.getMessage(),
                        refusal.answer());
            }
        }
    }
}
