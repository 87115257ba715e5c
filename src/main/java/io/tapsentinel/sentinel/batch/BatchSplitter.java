package io.tapsentinel.sentinel.batch;

import io.tapsentinel.sentinel.batch.RejectedRecord.Reason;
import io.tapsentinel.sentinel.upload.UploadException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings each record of a batch to an end: delivered, or rejected because it alone is to blame. A refused batch is halved
 * until single records stand alone. Such a one is to blame only if the stream accepts an empty array, refuses the record
 * once more and accepts an empty array again: then the fault lies neither in the deployment nor in a service that refuses
 * everything for a while. Whatever else is wrong is tried again and again, never rejected and never dropped.
 */
final class BatchSplitter {

    private final RetryingUploader requests;
    private final Rejections rejections;

    BatchSplitter(RetryingUploader requests, Rejections rejections) {
        this.requests = requests;
        this.rejections = rejections;
    }

    /**
     * Returns when every record has its end.
     *
     * @throws UploadException      when deliveryTimeoutMs has passed
     * @throws TableSuspendedException when the table is suspended; what has no end by then is deferred, and no request is open
     * @throws InterruptedException when the route stops
     * @throws RuntimeException     when the store or {@code tap.rejected.uri} failed; what has its end by then keeps it
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
                requests.pauseForPerson(hold);
            }
        }
        requests.end();
    }

    /**
     * Sends a suspended table parts of 1, 2, 4 … records, as long as they are accepted; returns what is left. A table that stores what it
     * gets but answers too late stores twice no more than it has accepted, while a whole batch would be stored again with each probe.
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

    /** Rejects the suspects if they are to blame; else returns what stands in the way. */
    private UploadException judge(List<Suspect> suspects) throws UploadException, InterruptedException {
        List<Suspect> guilty = new ArrayList<>();
        // a suspended table that accepts an empty array may refuse every record all the same
        UploadException hold =
                suspects.isEmpty() ? null : requests.isUnproven() ? suspects.get(0).refusal : requests.probe();
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

    /** One pass over a batch; ends early when what is refused can hardly be the records' fault. */
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
