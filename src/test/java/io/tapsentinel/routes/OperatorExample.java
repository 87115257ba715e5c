package io.tapsentinel.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;

/** The examples that the operator's routes are shipped with, made real by nothing but taking their # off. */
final class OperatorExample {

    static final List<String> ALL = List.of(
            "before-clicks-permitted", "before-clicks-blocked", "before-messages-delivered", "before-messages-blocked");
    /** An explanation has one space and a word behind its #, an example's line has a list item or deeper text. */
    private static final String COMMENTED = "(?m)^( {8})#(?=[- ] )";

    private OperatorExample() {}

    /** A route's text with its example in use. */
    static String of(String route) {
        String used = route.replaceAll(COMMENTED, "$1");
        assertThat(used).as("has an example").isNotEqualTo(route);
        return used;
    }

    /** The shipped file with the example of this route in use. */
    static String in(String id) throws IOException {
        String text = RoutesFixture.text(RoutesFixture.OPERATOR);
        String route = RoutesFixture.route(text, id);
        return text.replace(route, of(route));
    }
}
