package io.tapsentinel.tap.api;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.UnaryOperator;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** The body of an answer. All bytes pass {@link #read(byte[], int, int)}. */
abstract class AnswerBody extends FilterInputStream {

    AnswerBody(InputStream content) {
        super(content);
    }

    /**
     * Wraps the body of an answer.
     *
     * @return whether it has one
     */
    static boolean wrap(ClassicHttpResponse answer, UnaryOperator<InputStream> around) {
        HttpEntity body = answer.getEntity();
        if (body != null) {
            answer.setEntity(new HttpEntityWrapper(body) {
                @Override
                public InputStream getContent() throws IOException {
                    InputStream content = super.getContent();
                    return content == null ? null : around.apply(content);
                }
            });
        }
        return body != null;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public abstract int read(byte[] into, int from, int length) throws IOException;
}
