package io.tapsentinel.healthtable;

import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers 400 to every batch with a certain record in it, as a service does that cannot take that record. */
final class RefusingSink {

    private final String guid;
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean acceptsAll;

    /** @param guid of the record */
    RefusingSink(String guid) {
        this.guid = guid;
    }

    /** How many batches were refused. */
    int refused() {
        return refused.get();
    }

    /** From now on nothing is refused. */
    void acceptAll() {
        acceptsAll = true;
    }

    /** That uploader behind it. */
    Uploader before(Uploader service) {
        return (stream, body) -> {
            if (!acceptsAll && new String(body, StandardCharsets.UTF_8).contains("\"GUID\":\"" + guid + '"')) {
                refused.incrementAndGet();
                throw new UploadException(
                        400, "refused: 400", new UploadException.Answer("InvalidRecord", null, null, null));
            }
            service.upload(stream, body);
        };
    }
}
