package io.tapsentinel.read;

/** The request budget has no room, so the request was not sent. */
class BudgetUsedUpException extends WindowFailedException {

    BudgetUsedUpException(String message) {
        super(message);
    }
}
