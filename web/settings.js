/** What the bot's settings say. The bot puts its own values here when it sends the widget (bot/channels/pages.py). */
export const settings = { phone: null, leaveTo: "about:blank" };
