package io.tapsentinel.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.tap.answer.DocumentShape;
import io.tapsentinel.tap.answer.LenientJson;
import io.tapsentinel.tap.answer.TapAnswerException;
import io.tapsentinel.tap.answer.TapEventReader;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.Spliterators;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The kind of a document, found by reading it to its end before any event is sent: an answer of TAP, a list of events
 * of one type, or rejected records.
 *
 * @param queryEnd end of the window of an answer; null if unknown
 * @param type     type of the events in a list; otherwise null
 * @param rejected whether it contains rejected records
 */
record ReplayDocument(Instant queryEnd, EventType type, boolean rejected) {

    /** Maximum size of a rejected record: an event of 4 MB with every byte escaped. */
    static final long MOST = 25_000_000;

    /** Members of a rejected record. Two of them identify one, even if others are missing. */
    private static final Set<String> REJECTED = Set.of("reason", "key", "record", "readAs", "bytes");

    private static final ObjectReader MAP = new ObjectMapper(LenientJson.bounded(new JsonFactory()))
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .readerForMapOf(Object.class);

    /** @throws ReplayRefusedException if it is truncated, not JSON, or nothing that can be replayed */
    static ReplayDocument of(ReplaySource source) {
        try (InputStream in = source.open()) {
            return of(DocumentShape.of(in), source.name());
        } catch (TapAnswerException e) {
            throw new ReplayRefusedException(words(e));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Why it is unreadable; replaces the reader's word for an answer. */
    static String words(Throwable e) {
        return SafeMessage.of(e).replace("TAP's answer", "the document");
    }

    private static ReplayDocument of(DocumentShape shape, String name) {
        if (REJECTED.stream().filter(shape.names()::contains).count() > 1) {
            if (shape.longest() > MOST) {
                throw new ReplayRefusedException("it holds a rejected record of " + HumanText.bytes(shape.longest())
                        + "; the limit is " + HumanText.bytes(MOST));
            }
            return new ReplayDocument(null, null, true);
        }
        boolean answer = shape.names().contains("queryEndTime")
                || Arrays.stream(EventType.values()).map(EventType::arrayName).anyMatch(shape.names()::contains);
        if (answer && shape.values() > 1) {
            throw new ReplayRefusedException("it holds " + shape.values()
                    + " documents, and the first is a TAP answer; put each answer into its own file");
        }
        if (answer || !shape.list() && shape.names().isEmpty() && shape.values() == 1) {
            return new ReplayDocument(shape.queryEnd(), null, false);
        }
        List<EventType> types = Arrays.stream(EventType.values())
                .filter(type -> Stream.of(type.arrayName(), type.routeId(), type.table())
                        .anyMatch(word -> name.toLowerCase(Locale.ROOT).contains(word.toLowerCase(Locale.ROOT))))
                .toList();
        if (types.size() > 1) {
            throw new ReplayRefusedException("it is a list of events and its file name contains "
                    + types.stream().map(EventType::arrayName).collect(Collectors.joining(" and "))
                    + "; keep only the type of its events");
        }
        if (types.isEmpty()) {
            throw new ReplayRefusedException(
                    "it is neither a TAP answer nor a rejected record. If it is a list of events, its file name must"
                            + " contain their type: clicksPermitted, clicksBlocked, messagesDelivered or messagesBlocked");
        }
        return new ReplayDocument(null, types.get(0), false);
    }

    /**
     * The rejected records, one at a time. Close the stream.
     *
     * @throws ReplayRefusedException at a record that is not JSON
     */
    static Stream<Map<String, Object>> records(TapEventReader.Body body) {
        try {
            MappingIterator<Map<String, Object>> documents = MAP.readValues(body.open());
            Iterator<Map<String, Object>> each = new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return read(documents::hasNextValue);
                }

                @Override
                public Map<String, Object> next() {
                    return read(documents::nextValue);
                }
            };
            return StreamSupport.stream(Spliterators.spliteratorUnknownSize(each, 0), false)
                    .onClose(() -> read(() -> {
                        documents.close();
                        return null;
                    }));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** A read that may fail. */
    @FunctionalInterface
    private interface Read<T> {
        T read() throws IOException;
    }

    private static <T> T read(Read<T> source) {
        try {
            return source.read();
        } catch (JsonProcessingException e) {
            // Jackson's message would quote the document
            throw new ReplayRefusedException("a rejected record is not valid JSON"
                    + (e.getLocation() == null
                            ? ""
                            : " (error before byte " + e.getLocation().getByteOffset() + ")"));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static ReplayRefusedException unreadable(IOException e) {
        return new ReplayRefusedException("cannot read it: " + SafeMessage.of(e));
    }
}
