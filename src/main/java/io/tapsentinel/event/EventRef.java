package io.tapsentinel.event;

/** Which event it was, without its content: what may be kept of an event that has passed. */
public record EventRef(EventType type, EventKey key) {}
