package io.tapsentinel.testing;

import java.util.List;
import java.util.stream.Stream;

/** Unexpected names of arrays that JSON allows. */
public final class OddNames {

    /** Unique names, none of a known type. */
    public static final List<String> ALL = Stream.concat(
                    Stream.of(("¦ ¦.¦..¦.x¦x.¦x ¦ x¦a/b¦a\\b¦a:b¦a_b¦../../up¦con¦NUL.json¦\ud83d\ude00¦\ud83d\ude01¦"
                                    + "\u202egnp.exe¦\u200fclicksBlocked¦line\nbreak\r¦\u0000¦\u0007bell¦\ud800¦\udc00¦?¦%2e¦"
                                    + "%00¦~¦*¦\"¦'¦`id`¦$simple{body}¦${body}¦${exception.stacktrace}¦{{tap.secret}}¦#{1+1}¦"
                                    + "-rf¦--¦__proto__¦constructor¦a;b,c\td¦messages Held¦messages-Held¦messagesheld¦"
                                    + "messagesHeld¦MessagesBlocked¦CLICKSPERMITTED¦clicksBlocked ¦clicks\u0131Blocked¦other¦"
                                    + "unknown¦x-00112233445566778899aabbccddeeff-refused¦a_b.00112233445566778899aabb¦"
                                    + "Ünïcödé ✓")
                            .split("¦")),
                    Stream.of("n".repeat(65), "n".repeat(64) + "o", "very long ".repeat(4_000)))
            .toList();

    private OddNames() {}
}
